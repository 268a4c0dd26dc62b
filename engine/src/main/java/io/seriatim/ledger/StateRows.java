package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRowEncoder;
import io.seriatim.codecs.LedgerRowEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * Makes the leaves under a state root: a row for each account, in the order of creation and salted, then one for each
 * ledger, in the order of their first accounts.
 * <p>
 * Cost: some 1 µs for an account, nearly all of it the salt and the hash that others take of the row.<br>
 * Threads: confined to one.<br>
 * Source: the schema, messages AccountRow and LedgerRow.
 */
final class StateRows
{
    static final int ACCOUNT_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + AccountRowEncoder.BLOCK_LENGTH;
    static final int LEDGER_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + LedgerRowEncoder.BLOCK_LENGTH;

    private static final int RECORD_OFFSET =
        MessageHeaderEncoder.ENCODED_LENGTH + AccountRowEncoder.accountEncodingOffset();
    private static final int SALT_OFFSET = MessageHeaderEncoder.ENCODED_LENGTH + AccountRowEncoder.saltEncodingOffset();

    private final StateRootKey key;
    private final long asOfSequence;
    private final byte[] row = new byte[ACCOUNT_LENGTH];
    private final UnsafeBuffer view = new UnsafeBuffer(row);
    private final byte[] salted = new byte[StateRootKey.SALTED_LENGTH];
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AccountRowEncoder accountRow = new AccountRowEncoder();
    private final LedgerRowEncoder ledgerRow = new LedgerRowEncoder();
    private final AccountRecordDecoder account = new AccountRecordDecoder();
    private final Int2ObjectHashMap<LedgerSums> sumsByLedger = new Int2ObjectHashMap<>();

    /** Rows as of an entry; without a key those of accounts have no salt. */
    StateRows(final StateRootKey key, final long asOfSequence)
    {
        this.key = key;
        this.asOfSequence = asOfSequence;
        new UnsafeBuffer(salted).putLong(2 * Long.BYTES, asOfSequence, ByteOrder.LITTLE_ENDIAN);
    }

    /** The last row that was made is at the beginning of this. */
    byte[] row()
    {
        return row;
    }

    /**
     * Make the row of the next account.
     *
     * @param buffer holding it as {@link AccountTable#copyNext} writes it: the record, the sequence of its entry.
     * @param offset in the buffer.
     */
    void account(final DirectBuffer buffer, final int offset)
    {
        accountRow.wrapAndApplyHeader(view, 0, header)
            .asOfSequence(asOfSequence)
            .sequence(buffer.getLong(offset + AccountTable.ROW_LENGTH));
        view.putBytes(RECORD_OFFSET, buffer, offset, AccountTable.ROW_LENGTH);
        if (key != null)
        {
            System.arraycopy(row, RECORD_OFFSET, salted, 0, 2 * Long.BYTES);
            key.salt(salted, row, SALT_OFFSET);
        }
        account.wrap(buffer, offset);
        sumsByLedger.computeIfAbsent((int)account.ledger(), ledger -> new LedgerSums()).add(account);
    }

    /** Make the row of the next ledger, after all accounts. */
    void ledger(final int ledger, final long ledgerSequence)
    {
        final LedgerSums sums = sumsByLedger.get(ledger);
        ledgerRow.wrapAndApplyHeader(view, 0, header)
            .asOfSequence(asOfSequence)
            .ledgerSequence(ledgerSequence)
            .accountCount(sums.accountCount())
            .ledger(Integer.toUnsignedLong(ledger))
            .reserved(0)
            .debitsPendingTop(sums.debitsPending().top())
            .debitsPendingHigh(sums.debitsPending().high())
            .debitsPendingLow(sums.debitsPending().low())
            .debitsPostedTop(sums.debitsPosted().top())
            .debitsPostedHigh(sums.debitsPosted().high())
            .debitsPostedLow(sums.debitsPosted().low())
            .creditsPendingTop(sums.creditsPending().top())
            .creditsPendingHigh(sums.creditsPending().high())
            .creditsPendingLow(sums.creditsPending().low())
            .creditsPostedTop(sums.creditsPosted().top())
            .creditsPostedHigh(sums.creditsPosted().high())
            .creditsPostedLow(sums.creditsPosted().low());
    }
}
