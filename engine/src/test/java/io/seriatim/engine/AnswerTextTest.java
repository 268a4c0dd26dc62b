package io.seriatim.engine;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.List;
import java.util.NoSuchElementException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What answers say of themselves: all that is not zero, and nothing that is. */
class AnswerTextTest
{
    private static final Uint128 ZERO = Uint128.ZERO;

    @Test
    void shouldShowWhatIsPendingOnlyWhereThereIsSome()
    {
        assertEquals("at 7: debits=2 credits=4", balance(0, 0).toString());
        assertEquals("at 7: debits=2 credits=4 debits_pending=1", balance(1, 0).toString());
        assertEquals("at 7: debits=2 credits=4 credits_pending=3", balance(0, 3).toString());
        assertEquals("account 9: ledger=840 code=1 debits=2 credits=4", account(0, 0).toString());
        assertEquals("account 9: ledger=840 code=1 debits=2 credits=4 debits_pending=1", account(1, 0).toString());
        assertEquals("account 9: ledger=840 code=1 debits=2 credits=4 credits_pending=3", account(0, 3).toString());
    }

    @Test
    void shouldShowHowManyAreOpenAndThatThereAreMore()
    {
        final List<Transfer> pending = List.of(Transfer.of(1, 2, 3, 4, 5).pending(6));
        assertEquals(
            account(1, 0) + ", open pending transfers: 1", new AccountWithPending(account(1, 0), pending, false)
                .toString());
        assertEquals(
            account(1, 0) + ", open pending transfers: 1 and more",
            new AccountWithPending(account(1, 0), pending, true).toString());
    }

    @Test
    void shouldShowTheFirstSequenceOnlyOfWhatWasThereBefore()
    {
        final AccountResult created = new AccountResult(AccountOutcome.CREATED, 11, 5, 0);
        final AccountResult exists = new AccountResult(AccountOutcome.EXISTS, 11, 6, 5);
        assertTrue(created.isCreated());
        assertEquals("created at sequence 5", created.toString());
        assertFalse(exists.isCreated());
        assertEquals("exists at sequence 6, first at sequence 5", exists.toString());
    }

    @Test
    void shouldShowWhatWasFoundAndAsOfWhen()
    {
        assertEquals("nothing, as of sequence 3", new Found<>(List.of(), 3).toString());
        assertEquals("a, b, as of sequence 3", new Found<>(List.of("a", "b"), 3).toString());
    }

    @Test
    void shouldGiveTheOneObjectOnlyIfThereIsOne()
    {
        assertEquals("a", new Found<>(List.of("a"), 3).one());
        assertEquals(
            "found 0 objects at sequence 3",
            assertThrows(NoSuchElementException.class, () -> new Found<>(List.of(), 3).one()).getMessage());
        assertEquals(
            "found 2 objects at sequence 3",
            assertThrows(NoSuchElementException.class, () -> new Found<>(List.of("a", "b"), 3).one()).getMessage());
    }

    @Test
    void shouldTellWhetherDebitsEqualCreditsOfWhatIsPostedAndOfWhatIsPending()
    {
        assertTrue(totals(1, 1, 2, 2).isEqual());
        assertFalse(totals(1, 3, 2, 2).isEqual());
        assertFalse(totals(1, 1, 2, 3).isEqual());
    }

    private static AccountBalance balance(final long debitsPending, final long creditsPending)
    {
        return new AccountBalance(
            Uint128.of(debitsPending), Uint128.of(2), Uint128.of(creditsPending), Uint128.of(4), 7);
    }

    private static Account account(final long debitsPending, final long creditsPending)
    {
        return new Account(
            Uint128.of(9), 840, 1, 0, Uint128.of(debitsPending), Uint128.of(2), Uint128.of(creditsPending),
            Uint128.of(4), ZERO, 0, 0, 7);
    }

    private static LedgerTotals totals(
        final long debitsPosted, final long creditsPosted, final long debitsPending, final long creditsPending)
    {
        return new LedgerTotals(
            840, 0, 2, BigInteger.valueOf(debitsPosted), BigInteger.valueOf(creditsPosted),
            BigInteger.valueOf(debitsPending), BigInteger.valueOf(creditsPending));
    }
}
