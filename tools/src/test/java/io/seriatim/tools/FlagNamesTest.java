package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlagNamesTest
{
    @Test
    void shouldKnowTheFlagsOfAnAccountByTheirBits()
    {
        assertEquals(AccountRow.LINKED, account("linked"));
        assertEquals(AccountRow.DEBITS_MUST_NOT_EXCEED_CREDITS, account("debits_must_not_exceed_credits"));
        assertEquals(AccountRow.CREDITS_MUST_NOT_EXCEED_DEBITS, account("credits_must_not_exceed_debits"));
        assertEquals(AccountRow.HISTORY, account("history"));
        assertEquals(AccountRow.IMPORTED, account("imported"));
        assertEquals(AccountRow.CLOSED, account("closed"));
        assertEquals(0x3F, account(FlagNames.ACCOUNT.format(0xFFFF)));
    }

    @Test
    void shouldKnowTheFlagsOfATransferByTheirBits()
    {
        assertEquals(TransferRow.LINKED, transfer("linked"));
        assertEquals(TransferRow.PENDING, transfer("pending"));
        assertEquals(TransferRow.POST_PENDING_TRANSFER, transfer("post_pending_transfer"));
        assertEquals(TransferRow.VOID_PENDING_TRANSFER, transfer("void_pending_transfer"));
        assertEquals(TransferRow.BALANCING_DEBIT, transfer("balancing_debit"));
        assertEquals(TransferRow.BALANCING_CREDIT, transfer("balancing_credit"));
        assertEquals(TransferRow.CLOSING_DEBIT, transfer("closing_debit"));
        assertEquals(TransferRow.CLOSING_CREDIT, transfer("closing_credit"));
        assertEquals(TransferRow.IMPORTED, transfer("imported"));
        assertEquals(0x1FF, transfer(FlagNames.TRANSFER.format(0xFFFF)));
    }

    @Test
    void shouldNameFlagsAsTheLedgerDoes()
    {
        for (int flags = 0; flags <= 0xFFFF; flags++)
        {
            final int ofAccount = flags & ~AccountFlags.RESERVED;
            assertEquals(AccountFlags.format(ofAccount), FlagNames.ACCOUNT.format(flags));
            assertEquals(ofAccount, account(AccountFlags.format(ofAccount)));
            final int ofTransfer = flags & ~TransferFlags.RESERVED;
            assertEquals(TransferFlags.format(ofTransfer), FlagNames.TRANSFER.format(flags));
            assertEquals(ofTransfer, transfer(TransferFlags.format(ofTransfer)));
        }
        assertEquals(AccountFlags.IMPORTED, AccountRow.IMPORTED);
        assertEquals(TransferFlags.BALANCING_DEBIT, TransferRow.BALANCING_DEBIT);
        assertEquals(TransferFlags.CLOSING_CREDIT, TransferRow.CLOSING_CREDIT);
        assertEquals(TransferFlags.IMPORTED, TransferRow.IMPORTED);
    }

    @Test
    void shouldReadAndWriteEveryCombination()
    {
        for (int flags = 0; flags < 1 << 9; flags++)
        {
            assertEquals(flags, transfer(FlagNames.TRANSFER.format(flags)));
        }
    }

    @Test
    void shouldTakeNothingAndZeroAsNoFlag()
    {
        assertEquals(0, account(""));
        assertEquals(0, account("0"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "|", "linked|", "|linked", "linked||history", "linked|linked", "Linked", "pending", "1",
        "linked history", "linked|0", " linked" })
    void shouldRefuseWhatIsNoListOfNames(final String text)
    {
        assertEquals(-1, account(text));
    }

    private static int account(final String text)
    {
        return parse(FlagNames.ACCOUNT, text);
    }

    private static int transfer(final String text)
    {
        return parse(FlagNames.TRANSFER, text);
    }

    private static int parse(final FlagNames names, final String text)
    {
        final byte[] bytes = ("x" + text + "x").getBytes(StandardCharsets.US_ASCII);
        return names.parse(bytes, 1, bytes.length - 2);
    }
}
