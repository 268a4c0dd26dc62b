package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.engine.ShardRouter;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Entries that are judged by one pending transfer, of 10 between the accounts 1 and 2 of ledger 840 with sequence 4,
 * and say of it what can and what can not be. Account 3 is in ledger 203.
 */
class TransferCheckTest
{
    private static final long CREATED = 0xFFFF_FFFFL;
    private static final long HIGH = 1L << 40;
    private static final long PENDING_ID = 104;
    private static final long PENDING_SEQUENCE = 4;
    private static final long NEXT = 5;
    private static final String NOT_THE_AMOUNT = "5: its amount moved is not what it was to ";
    private static final String NOT_OF_PENDING =
        "5: its command or its resolved fields are not those of the pending transfer: pending_sequence=4";
    private static final String NOT_THAT =
        "5: the pending transfer that it names can not be that: pending_sequence=4, resolved_ledger=";
    private static final String NOT_JUDGED =
        "5: a refused transfer names the pending transfer and its ledger if, and only if, it was judged by it: " +
        "pending_sequence=4, resolved_ledger=840";

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final List<String> problems = new ArrayList<>();
    private final EntryCheck check = new EntryCheck(
        1, new ShardRouter(2, Map.of(840, 1, 203, 1)), 60, (sequence, what) -> problems.add(sequence + ": " + what));

    @BeforeEach
    void reserve()
    {
        account(1, 1, 840, 1);
        account(2, 2, 840, 2);
        account(3, 3, 203, 1);
        transfer(PENDING_SEQUENCE, 3, TransferFlags.PENDING, 840);
        assertEquals(List.of(), problems);
    }

    static Stream<Arguments> resolutions()
    {
        return Stream.of(
            resolution("the part that is given", false, e -> { }, null),
            resolution("all, of a void that gives nothing", true, e -> { }, null),
            resolution("all, of a void that gives all", true, e -> e.transfer().amountLow(10), null),
            resolution("all, of a post that gives the greatest amount", false,
                e -> e.amountMovedLow(10).transfer().amountHigh(-1).amountLow(-1), null),
            resolution("what the command repeats of the pending transfer", false,
                e -> e.transfer().debitAccountIdLow(1).creditAccountIdLow(2).ledger(840).code(1), null),
            resolution("a part of a void", true,
                e -> e.amountMovedLow(6).transfer().amountLow(6), NOT_THE_AMOUNT + "void: pending_sequence=4"),
            resolution("more than is given to void", true,
                e -> e.transfer().amountLow(9), NOT_THE_AMOUNT + "void: pending_sequence=4"),
            resolution("more than is pending", false,
                e -> e.amountMovedLow(11).transfer().amountLow(11), NOT_THE_AMOUNT + "post: pending_sequence=4"),
            resolution("an amount that differs in its upper half", false,
                e -> e.transfer().amountHigh(HIGH), NOT_THE_AMOUNT + "post: pending_sequence=4"),
            resolution("the upper half of a pending id", false,
                e -> e.transfer().pendingIdHigh(HIGH), NOT_OF_PENDING),
            resolution("another debit account", false, e -> e.transfer().debitAccountIdLow(2), NOT_OF_PENDING),
            resolution("the upper half of a debit account", false,
                e -> e.transfer().debitAccountIdHigh(HIGH).debitAccountIdLow(1), NOT_OF_PENDING),
            resolution("another credit account", false, e -> e.transfer().creditAccountIdLow(1), NOT_OF_PENDING),
            resolution("another ledger", false, e -> e.transfer().ledger(203), NOT_OF_PENDING),
            resolution("another code", false, e -> e.transfer().code(2), NOT_OF_PENDING),
            resolution("both a post and a void", false,
                e -> e.transfer().flags(TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER),
                "5: a post or void was created with flags or a timeout that exclude it"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resolutions")
    void shouldJudgeWhatResolvesAPendingTransfer(
        final String name,
        final boolean isVoid,
        final Consumer<ExtendedTransferEntryEncoder> edit,
        final String problem)
    {
        extended(NEXT, entry ->
        {
            entry.ledgerSequence(4).outcome(CREATED).amountMovedLow(isVoid ? 10 : 7)
                .resolvedDebitAccountIdLow(1).resolvedCreditAccountIdLow(2).resolvedCode(1)
                .transfer().amountLow(isVoid ? 0 : 7)
                .flags(isVoid ? TransferFlags.VOID_PENDING_TRANSFER : TransferFlags.POST_PENDING_TRANSFER);
            edit.accept(entry);
        });
        assertEquals(problem == null ? List.of() : List.of(problem), problems);
        assertEquals(0, check.ledgers().get(840).pendingCount(), "it is resolved all the same");
    }

    static Stream<Arguments> refusals()
    {
        final TransferOutcome judged = TransferOutcome.PENDING_TRANSFER_HAS_DIFFERENT_CODE;
        return Stream.of(
            refusal("judged by it", judged.code(), e -> { }, List.of()),
            refusal("a part of a chain that failed", TransferOutcome.LINKED_EVENT_FAILED.code(), e -> { }, List.of()),
            refusal("not judged by it", TransferOutcome.EXCEEDS_CREDITS.code(), e -> { }, List.of(NOT_JUDGED)),
            refusal("refused for no known reason", 4711, e -> { },
                List.of("5: no outcome has this code: 4711", NOT_JUDGED)),
            refusal("in another ledger", judged.code(), e -> e.ledgerSequence(2).resolvedLedger(203),
                List.of(NOT_THAT + "203")),
            refusal("of another id", judged.code(), e -> e.transfer().pendingIdLow(7), List.of(NOT_THAT + "840")),
            refusal("of an id with another upper half", judged.code(), e -> e.transfer().pendingIdHigh(HIGH),
                List.of(NOT_THAT + "840")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void shouldJudgeWhatWasRefusedByAPendingTransfer(
        final String name,
        final long outcome,
        final Consumer<ExtendedTransferEntryEncoder> edit,
        final List<String> expected)
    {
        extended(NEXT, entry ->
        {
            entry.ledgerSequence(4).outcome(outcome).transfer().flags(TransferFlags.POST_PENDING_TRANSFER);
            edit.accept(entry);
        });
        assertEquals(expected, problems);
        assertEquals(1, check.ledgers().get(840).pendingCount(), "it is open still");
    }

    @Test
    void shouldNameThePostInAnOrdinaryEntryAndResolveNothingByIt()
    {
        transfer(NEXT, 4, TransferFlags.POST_PENDING_TRANSFER, 840);
        assertEquals(List.of("5: its flags take an extended entry, and it is an ordinary one"), problems);
        assertEquals(1, check.ledgers().get(840).pendingCount());
    }

    @Test
    void shouldReserveAtItsSlotWhatIsImportedInAnOrdinaryEntry()
    {
        transfer(NEXT, 4, TransferFlags.PENDING | TransferFlags.IMPORTED, 840);
        assertEquals(
            List.of(
                "5: its flags take an extended entry, and it is an ordinary one",
                "5: an imported transfer was created out of time: given_timestamp_ns=0, greatest before=4, " +
                "batch timestamp=5"),
            problems);
        assertEquals(2, check.ledgers().get(840).pendingCount());
        assertEquals(5, check.transfers().pendings().get(NEXT).timestampNs);
    }

    @Test
    void shouldNameTheImportedTransferThatIsNotOlderThanItsBatch()
    {
        imported(5, 20, 19);
        assertEquals(List.of(), problems);
        imported(6, 30, 30);
        assertEquals(
            List.of("6: an imported transfer was created out of time: given_timestamp_ns=30, greatest before=19, " +
            "batch timestamp=30"), problems);
    }

    @Test
    void shouldNameTheTransferInALedgerWithoutAccounts()
    {
        transfer(NEXT, 0, TransferFlags.PENDING, 978);
        assertEquals(List.of("5: a transfer was created in a ledger without accounts: ledger=978"), problems);
        assertEquals(List.of(PENDING_SEQUENCE), check.transfers().pendings().all().stream()
            .map(pending -> pending.sequence).toList(), "nothing is reserved there");
    }

    @Test
    void shouldNameTheExpiryOfAPendingIdWithAnotherUpperHalf()
    {
        final long expiryNs = PENDING_SEQUENCE + 1_000_000_000L;
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new ExpiryEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(NEXT).ledgerSequence(4).timestampNs(expiryNs).pendingIdHigh(HIGH).pendingIdLow(PENDING_ID)
            .pendingSequence(PENDING_SEQUENCE).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(10).ledger(840)
            .code(1);
        check.onEntry(buffer, 0);
        assertEquals(
            List.of("5: it does not say of the pending transfer what that one's entry says: pending_sequence=4"),
            problems);
    }

    private static Arguments resolution(
        final String name,
        final boolean isVoid,
        final Consumer<ExtendedTransferEntryEncoder> edit,
        final String problem)
    {
        return arguments(name, isVoid, edit, problem);
    }

    private static Arguments refusal(
        final String name,
        final long outcome,
        final Consumer<ExtendedTransferEntryEncoder> edit,
        final List<String> expected)
    {
        return arguments(name, outcome, edit, expected);
    }

    private void account(final long sequence, final long id, final int ledger, final long ledgerSequence)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new AccountEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(ledgerSequence).timestampNs(sequence).batchCount(1).outcome(CREATED)
            .account().idLow(id).ledger(ledger).code(1);
        check.onEntry(buffer, 0);
    }

    private void transfer(final long sequence, final long ledgerSequence, final int flags, final int ledger)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).ledgerSequence(ledgerSequence).timestampNs(sequence).batchCount(1).outcome(CREATED)
            .transfer().idLow(100 + sequence).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(10).timeout(1)
            .ledger(ledger).code(1).flags(flags);
        if ((flags & TransferFlags.IMPORTED) != 0)
        {
            new TransferEntryEncoder().wrap(buffer, MessageHeaderEncoder.ENCODED_LENGTH).transfer().timeout(0);
        }
        check.onEntry(buffer, 0);
    }

    private void imported(final long sequence, final long slotNs, final long givenTimestampNs)
    {
        extended(sequence, entry -> entry.timestampNs(slotNs).ledgerSequence(sequence - 1).outcome(CREATED)
            .pendingSequence(0).givenTimestampNs(givenTimestampNs).amountMovedLow(7)
            .resolvedDebitAccountIdLow(1).resolvedCreditAccountIdLow(2).resolvedCode(1)
            .transfer().pendingIdLow(0).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(7).ledger(840).code(1)
            .flags(TransferFlags.IMPORTED));
    }

    /** An entry that names the pending transfer. */
    private void extended(final long sequence, final Consumer<ExtendedTransferEntryEncoder> edit)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0);
        final ExtendedTransferEntryEncoder entry = new ExtendedTransferEntryEncoder();
        entry.wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence).timestampNs(sequence).batchCount(1).pendingSequence(PENDING_SEQUENCE)
            .resolvedLedger(840).transfer().idLow(100 + sequence).pendingIdLow(PENDING_ID);
        edit.accept(entry);
        check.onEntry(buffer, 0);
    }
}
