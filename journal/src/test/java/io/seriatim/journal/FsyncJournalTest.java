package io.seriatim.journal;

class FsyncJournalTest extends ArchiveJournalContractTest
{
    @Override
    Durability durability()
    {
        return Durability.FSYNC;
    }
}
