package io.seriatim.journal;

class OsJournalTest extends ArchiveJournalContractTest
{
    @Override
    Durability durability()
    {
        return Durability.OS;
    }
}
