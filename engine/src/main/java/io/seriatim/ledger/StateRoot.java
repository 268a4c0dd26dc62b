package io.seriatim.ledger;

import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.merkle.TreeHasher;

/**
 * Merkle roots over the state of a shard as it was after an entry.
 *
 * @param asOfSequence of that entry.
 * @param accountCount how many accounts there were.
 * @param accountsRoot over the rows of the accounts, 32 bytes; null if there was no key to make it with.
 * @param ledgerCount  how many ledgers had an account.
 * @param ledgersRoot  over the rows of the ledgers, 32 bytes.
 */
public record StateRoot(
    long asOfSequence, long accountCount, byte[] accountsRoot, long ledgerCount, byte[] ledgersRoot)
{
    /**
     * Take one out of its entry.
     *
     * @param entry that holds it.
     * @return what the entry says.
     */
    public static StateRoot of(final StateRootEntryDecoder entry)
    {
        final byte[] accountsRoot = new byte[TreeHasher.HASH_LENGTH];
        final byte[] ledgersRoot = new byte[TreeHasher.HASH_LENGTH];
        entry.getAccountsRoot(accountsRoot, 0, TreeHasher.HASH_LENGTH);
        entry.getLedgersRoot(ledgersRoot, 0, TreeHasher.HASH_LENGTH);
        return new StateRoot(
            entry.asOfSequence(), entry.accountCount(), accountsRoot, entry.ledgerCount(), ledgersRoot);
    }
}
