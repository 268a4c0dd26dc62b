package io.seriatim.bench;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Entries;
import org.agrona.DirectBuffer;
import org.agrona.collections.IntArrayQueue;
import org.agrona.collections.LongArrayQueue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A real engine that is sent what was recorded, one session a shard, and whose outcomes are held against the recorded
 * ones as they come.
 * <p>
 * Shape: a sequence and an outcome for each event in flight.<br>
 * Threads: the sessions belong to the thread that measures.
 */
final class RecordedSubject implements Subject
{
    /** How many differences are described; all are counted. */
    static final int DIFFERENCE_COUNT_MAX = 10;

    private static final int REPLIES_PER_POLL = 256;
    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int RECORD_OFFSET = BODY_OFFSET + TransferEntryDecoder.transferEncodingOffset();
    private static final int GIVEN_TIME_OFFSET =
        BODY_OFFSET + ExtendedTransferEntryDecoder.givenTimestampNsEncodingOffset();
    private static final int LEDGER_OFFSET = BODY_OFFSET + LedgerDefinitionEntryDecoder.ledgerEncodingOffset();
    private static final int SCALE_OFFSET = BODY_OFFSET + LedgerDefinitionEntryDecoder.scaleEncodingOffset();
    private static final int ASSET_OFFSET = BODY_OFFSET + LedgerDefinitionEntryDecoder.assetCodeEncodingOffset();

    /** No time and no outcome. */
    private static final long NO_TIME = Long.MIN_VALUE;
    private static final int NO_OUTCOME = Integer.MIN_VALUE;

    private final EngineHost host;
    private final RecordedLoad load;
    private final long requestCount;
    private final LedgerSession[] sessions;
    private final Expected[] expected;
    private final List<OutcomeDifference> differences = new ArrayList<>();
    private final RecordedLoad.Sender sender = this::trySendRequest;
    private final ReplyHandler onReply = this::onReply;
    private long differenceCount;
    private long equalCount;
    private long sentCount;
    private long inFlight;
    private long clocksInFlight;
    private int clocksSent;
    private long sendTimeNs;
    private AnswerHandler handler;
    private int polled;

    /**
     * An event was answered otherwise than it was recorded.
     *
     * @param shard      of it.
     * @param sequence   of the recorded entry.
     * @param isTransfer whether the outcome is one of a transfer.
     * @param recorded   code of the outcome that was recorded.
     * @param actual     code of the outcome now.
     */
    record OutcomeDifference(int shard, long sequence, boolean isTransfer, int recorded, int actual)
    {
    }

    /** What a shard's requests in flight have to be answered, in their order. */
    private static final class Expected
    {
        private final LongArrayQueue intendedNs = new LongArrayQueue(NO_TIME);
        private final LongArrayQueue sequences = new LongArrayQueue(NO_TIME);
        private final IntArrayQueue outcomes = new IntArrayQueue(NO_OUTCOME);
    }

    /**
     * A new engine.
     *
     * @param config       of it, with what its genesis has to say.
     * @param shardCount   how many shards it has.
     * @param load         to be sent.
     * @param requestCount how many requests that has.
     */
    RecordedSubject(
        final EngineConfig config, final int shardCount, final RecordedLoad load, final long requestCount)
    {
        this.load = load;
        this.requestCount = requestCount;
        sessions = new LedgerSession[shardCount];
        expected = new Expected[shardCount];
        host = EngineHost.launch(config, config.threading() == Threading.SINGLE);
        for (int shard = 0; shard < shardCount; shard++)
        {
            sessions[shard] = host.engine().openSession(shard);
            expected[shard] = new Expected();
        }
    }

    @Override
    public String name()
    {
        return "engine";
    }

    /** Requests are as large as they were. */
    @Override
    public int batchCount()
    {
        return 1;
    }

    @Override
    public void resume()
    {
        host.resume();
    }

    @Override
    public boolean isExhausted()
    {
        if (sentCount < requestCount && load.isOver())
        {
            throw new BenchException(
                "the recording has become shorter meanwhile: requests sent=" + sentCount + ", expected=" +
                requestCount);
        }
        return sentCount == requestCount;
    }

    @Override
    public boolean trySend(final long intendedNs)
    {
        sendTimeNs = intendedNs;
        return load.trySend(sender);
    }

    @Override
    public int poll(final AnswerHandler answerHandler)
    {
        handler = answerHandler;
        int count = 0;
        for (final LedgerSession session : sessions)
        {
            polled = session.shard();
            count += session.poll(onReply, REPLIES_PER_POLL);
        }
        return count;
    }

    /** Moves of the clock count only when nothing else is under way. */
    @Override
    public long inFlight()
    {
        return inFlight == 0 ? clocksInFlight : inFlight;
    }

    /** Behind the last request the clock may have to be set once more. */
    void sendRest()
    {
        resume();
        while (!load.isOver() || clocksInFlight > 0)
        {
            load.trySend(sender);
            poll(handler);
            Thread.onSpinWait();
        }
    }

    /** Events that were answered as they were recorded. */
    long equalCount()
    {
        return equalCount;
    }

    long differenceCount()
    {
        return differenceCount;
    }

    /** The first differences. */
    List<OutcomeDifference> differences()
    {
        return differences;
    }

    /** A session of a shard, for look-ups; nothing is in flight. */
    LedgerSession session(final int shard)
    {
        return sessions[shard];
    }

    @Override
    public void close()
    {
        host.close();
    }

    private boolean trySendRequest(
        final int shard, final DirectBuffer buffer, final int offset, final int length)
    {
        final LedgerSession session = sessions[shard];
        final int clockCount = buffer.getInt(offset + RecordedRequests.CLOCK_COUNT_OFFSET);
        int entryOffset = offset + RecordedRequests.CLOCKS_OFFSET;
        while (clocksSent < clockCount)
        {
            final long timeNs = buffer.getLong(entryOffset + clocksSent * Long.BYTES);
            if (!isClaimed(session, session.claimClock(RequestKind.SET_CLOCK, timeNs)))
            {
                return false;
            }
            session.publish();
            expected[shard].intendedNs.addLong(NO_TIME + 1);
            clocksInFlight++;
            clocksSent++;
        }
        entryOffset += clockCount * Long.BYTES;
        final int count = buffer.getInt(offset + RecordedRequests.COUNT_OFFSET);
        if (count > 0)
        {
            final int templateId = buffer.getInt(offset + RecordedRequests.TEMPLATE_OFFSET);
            if (!isClaimed(session, claim(session, templateId, count)))
            {
                return false;
            }
            final Expected ofShard = expected[shard];
            for (int i = 0; i < count; i++)
            {
                encode(session, i, templateId, buffer, entryOffset);
                ofShard.sequences.addLong(Entries.sequence(buffer, entryOffset));
                ofShard.outcomes.addInt(RecordedRequests.outcome(buffer, entryOffset));
                entryOffset += Entries.length(buffer, entryOffset, offset + length);
            }
            session.publish();
            ofShard.intendedNs.addLong(sendTimeNs);
            inFlight++;
            sentCount++;
        }
        clocksSent = 0;
        return true;
    }

    private static long claim(final LedgerSession session, final int templateId, final int count)
    {
        switch (templateId)
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                return session.claimAccounts(count);
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                return session.claimDefinitions(count);
            default:
                return session.claimTransfers(count);
        }
    }

    private static boolean isClaimed(final LedgerSession session, final long requestId)
    {
        if (requestId < 0 && requestId != LedgerSession.BACK_PRESSURED)
        {
            throw new BenchException(session.refusal(requestId).getMessage());
        }
        return requestId > 0;
    }

    /** The command as it was given. */
    private static void encode(
        final LedgerSession session,
        final int index,
        final int templateId,
        final DirectBuffer buffer,
        final int entryOffset)
    {
        if (templateId == AccountEntryDecoder.TEMPLATE_ID)
        {
            final AccountRecordEncoder account = session.account(index);
            account.buffer().putBytes(
                account.offset(), buffer, entryOffset + RECORD_OFFSET, AccountRecordDecoder.ENCODED_LENGTH);
        }
        else if (templateId == LedgerDefinitionEntryDecoder.TEMPLATE_ID)
        {
            session.definition(index, definition(buffer, entryOffset));
        }
        else
        {
            final TransferRecordEncoder transfer = session.transfer(index);
            transfer.buffer().putBytes(
                transfer.offset(), buffer, entryOffset + RECORD_OFFSET, TransferRecordDecoder.ENCODED_LENGTH);
            if (Entries.templateId(buffer, entryOffset) == ExtendedTransferEntryDecoder.TEMPLATE_ID)
            {
                session.transferTimestampNs(index, buffer.getLong(entryOffset + GIVEN_TIME_OFFSET));
            }
        }
    }

    private static LedgerDefinition definition(final DirectBuffer buffer, final int entryOffset)
    {
        final byte[] asset = new byte[LedgerDefinitionEntryDecoder.assetCodeLength()];
        buffer.getBytes(entryOffset + ASSET_OFFSET, asset);
        return new LedgerDefinition(
            buffer.getInt(entryOffset + LEDGER_OFFSET),
            new String(asset, StandardCharsets.US_ASCII).replace("\0", ""),
            buffer.getShort(entryOffset + SCALE_OFFSET) & 0xFFFF);
    }

    private void onReply(final Reply reply)
    {
        final Expected ofShard = expected[polled];
        final long intendedNs = ofShard.intendedNs.pollLong();
        if (reply.kind() == RequestKind.SET_CLOCK)
        {
            // One that is refused has been overtaken by the timestamps themselves; outcomes and balances will tell.
            clocksInFlight--;
            return;
        }
        handler.onAnswer(intendedNs);
        inFlight--;
        if (reply.refusal() != null)
        {
            throw new BenchException(reply.refusal().getMessage());
        }
        for (int i = 0; i < reply.count(); i++)
        {
            final long sequence = ofShard.sequences.pollLong();
            final int recorded = ofShard.outcomes.pollInt();
            if (recorded == reply.outcome(i))
            {
                equalCount++;
            }
            else
            {
                onDifference(reply, i, sequence, recorded);
            }
        }
    }

    private void onDifference(final Reply reply, final int index, final long sequence, final int recorded)
    {
        differenceCount++;
        if (differences.size() < DIFFERENCE_COUNT_MAX)
        {
            differences.add(new OutcomeDifference(
                polled, sequence, reply.kind() == RequestKind.CREATE_TRANSFERS, recorded,
                reply.outcome(index)));
        }
    }
}
