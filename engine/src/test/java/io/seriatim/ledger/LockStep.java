package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * The state machine and the reference ledger side by side: both get each request, and must give the same answers and
 * come to the same state.
 * <p>
 * Threads: confined to one.
 */
final class LockStep implements AutoCloseable
{
    private final HostileWorkload workload;
    private final ReferenceLedger reference = new ReferenceLedger();
    private final RecordedEntries entries = new RecordedEntries();
    private final LedgerStateMachine stateMachine;
    private final Map<Status, Integer> seen;

    private List<TransferEvent> announcedBefore = List.of();
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final ExpiryEntryDecoder expiryDecoder = new ExpiryEntryDecoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private long expiryCount;

    /**
     * Both empty.
     *
     * @param seed           of the requests.
     * @param batchCountMax  most events of a request.
     * @param windowCapacity of the state machine.
     * @param seen           where outcomes are counted; it may be shared.
     */
    LockStep(final long seed, final int batchCountMax, final int windowCapacity, final Map<Status, Integer> seen)
    {
        workload = new HostileWorkload(seed, reference, batchCountMax, HostileWorkload.Features.CREATES);
        stateMachine = new LedgerStateMachine(batchCountMax, windowCapacity, seed * 31, entries);
        this.seen = seen;
    }

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    RecordedEntries entries()
    {
        return entries;
    }

    long expiryCount()
    {
        return expiryCount;
    }

    @Override
    public void close()
    {
        stateMachine.close();
    }

    /** The next request, with what time has released before it. */
    void step()
    {
        final HostileRequest request = workload.next();
        final HostileRequest.Applied applied = request.applyTo(reference);
        for (final ReferenceLedger.Expiry expiry : applied.releases())
        {
            stateMachine.expireNext(expiry.timestamp());
            assertEquals(expiry, expiry(stateMachine.window(), expiry.sequence()));
            entries.takeFrom(stateMachine);
            expiryCount++;
        }
        final List<Result> expected = applied.results();
        if (request.count() > 0)
        {
            apply(request);
            assertFalse(stateMachine.isGroupOpen(), "a chain is still open after its batch");
            final BatchResults results = stateMachine.results();
            final EntryWindow window = stateMachine.window();
            for (int i = 0; i < expected.size(); i++)
            {
                final Result result = expected.get(i);
                seen.merge(result.status(), 1, Integer::sum);
                final long sequence = result.sequence();
                final Result actual = new Result(
                    result.status(), results.timestampNs(i), results.sequence(i),
                    window.buffer().getLong(window.offset(sequence) + EntryWindow.LEDGER_SEQUENCE_OFFSET),
                    results.firstSequence(i));
                if ((int)result.code() != results.outcome(i) || !result.equals(actual) ||
                    window.buffer().getInt(window.offset(sequence) + EntryWindow.OUTCOME_OFFSET) != (int)result.code())
                {
                    fail("expected " + result + ", actual outcome " + Integer.toUnsignedString(results.outcome(i)) +
                        ", " + actual + ", event " +
                        (request.isAccounts() ? request.accounts() : request.transfers()).get(i));
                }
            }
        }
        entries.takeFrom(stateMachine);
        assertEquals(reference.nextSequence(), stateMachine.nextSequence());
    }

    private ReferenceLedger.Expiry expiry(final EntryWindow window, final long sequence)
    {
        expiryDecoder.wrapAndApplyHeader(window.buffer(), window.offset(sequence), headerDecoder);
        return new ReferenceLedger.Expiry(
            expiryDecoder.sequence(),
            expiryDecoder.ledgerSequence(),
            expiryDecoder.timestampNs(),
            Events.uint128(expiryDecoder.pendingIdHigh(), expiryDecoder.pendingIdLow()),
            Events.uint128(expiryDecoder.amountHigh(), expiryDecoder.amountLow()),
            (expiryDecoder.reopened() & 1) != 0,
            (expiryDecoder.reopened() & 2) != 0);
    }

    private void apply(final HostileRequest request)
    {
        if (request.isAccounts())
        {
            stateMachine.startAccounts(request.batchTimestamp(), request.count());
            for (final AccountEvent account : request.accounts())
            {
                Events.encode(account, accountEncoder.wrap(event, 0));
                stateMachine.createAccount(accountDecoder.wrap(event, 0));
            }
        }
        else
        {
            readAheadOf(request);
            stateMachine.startTransfers(request.batchTimestamp(), request.count());
            for (final TransferEvent transfer : request.transfers())
            {
                Events.encode(transfer, transferEncoder.wrap(event, 0));
                stateMachine.createTransfer(transferDecoder.wrap(event, 0), transfer.timestamp());
            }
        }
    }

    /**
     * It changes nothing, so the reference knows nothing of it: whether what comes was announced, or announced in
     * another order, or what was applied long ago, or something between.
     */
    private void readAheadOf(final HostileRequest request)
    {
        final List<TransferEvent> announced = new ArrayList<>(request.transfers());
        switch ((int)(request.batchTimestamp() % 5))
        {
            case 0 -> Collections.reverse(announced);
            case 1 -> announced.addAll(0, announcedBefore);
            case 2 -> announced.addAll(announced.size() / 2, announcedBefore);
            case 3 -> announced.clear();
            default ->
            {
                // As they are applied.
            }
        }
        for (int i = 0; i < Math.min(announced.size(), LedgerStateMachine.READ_AHEAD_MAX); i++)
        {
            Events.encode(announced.get(i), transferEncoder.wrap(event, 0));
            stateMachine.announce(transferDecoder.wrap(event, 0));
        }
        stateMachine.readAhead();
        announcedBefore = request.transfers();
    }

    /** Every account, transfer and id is the same in both. */
    void assertSameState()
    {
        assertTrue(stateMachine.isBalanced());
        assertTrue(reference.isBalanced());
        assertEquals(reference.accounts().size(), stateMachine.accountCount());
        assertEquals(reference.transfers().size(), stateMachine.transferCount());
        assertEquals(reference.transfers().size() + reference.failedIds().size(), stateMachine.transferIdCount());
        int slot = 0;
        for (final ReferenceLedger.Account account : reference.accounts())
        {
            stateMachine.readAccount(slot++, event, 0);
            assertEquals(account.asEvent(), Events.decode(accountDecoder.wrap(event, 0)));
            final BigInteger id = account.given().id();
            assertTrue(stateMachine.readAccount(Events.high(id), Events.low(id), event, 0));
            assertEquals(account.asEvent(), Events.decode(accountDecoder.wrap(event, 0)));
        }
        for (final ReferenceLedger.Transfer transfer : reference.transfers())
        {
            final boolean isFound = stateMachine.readTransfer(
                Events.high(transfer.stored().id()), Events.low(transfer.stored().id()), event, 0);
            assertTrue(isFound, () -> "lost: " + transfer);
            assertEquals(
                transfer.asEvent(),
                Events.decode(transferDecoder.wrap(event, 0), event.getLong(TransferRecordDecoder.ENCODED_LENGTH)));
        }
        reference.failedIds().forEach((id, sequence) ->
            assertFalse(stateMachine.readTransfer(Events.high(id), Events.low(id), event, 0), "a spent id is shown"));
    }
}
