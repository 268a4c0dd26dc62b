package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A process that posts transfers until it is killed. Each acknowledged one goes to a file of its own, with its
 * sequence, before the next reply is looked at. When it starts it first checks that everything acknowledged by its
 * predecessors is there, at the same sequence.
 */
final class KilledWriter
{
    static final int LEDGER = 840;
    static final String LAUNCHING = "LAUNCHING";
    static final String CHECKED = "CHECKED";
    static final String ACKNOWLEDGED = "ACKNOWLEDGED";
    static final int ACKNOWLEDGED_COUNT = 1_000;

    private static final int IN_FLIGHT_MAX = 64;
    private static final int CHECK_COUNT = 1_000;

    private final LedgerSession session;
    private final FileChannel acknowledged;
    private long acknowledgedCount;
    private long firstRequestId = -1;
    private long firstPostedId;

    private KilledWriter(final LedgerSession session, final FileChannel acknowledged)
    {
        this.session = session;
        this.acknowledged = acknowledged;
    }

    public static void main(final String[] args) throws IOException
    {
        final Path data = Path.of(args[0]);
        final Path file = Path.of(args[1]);
        final List<String> before = Files.exists(file) ? Files.readAllLines(file) : List.of();
        System.out.println(LAUNCHING);
        final LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().dataDirectory(data).durability(Durability.valueOf(args[2])).shardCount(2));
        final KilledWriter writer = new KilledWriter(
            engine.openSession(engine.shardOf(LEDGER)),
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        writer.createAccounts(engine.ledger(LEDGER));
        writer.check(before);
        System.out.println(CHECKED + " " + before.size());
        writer.postForEver(before.isEmpty() ? 1 : 1_000_000L * (1 + lastId(before) / 1_000_000));
    }

    private static long lastId(final List<String> lines)
    {
        return Long.parseLong(lines.get(lines.size() - 1).split(" ")[0]);
    }

    private void createAccounts(final Ledger ledger)
    {
        for (final AccountResult result : ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0))))
        {
            if (result.outcome() != AccountOutcome.CREATED && result.outcome() != AccountOutcome.EXISTS)
            {
                throw new AssertionError("account: " + result);
            }
        }
    }

    /** Sending an acknowledged transfer again must find it, at the sequence that was acknowledged. */
    private void check(final List<String> lines)
    {
        for (int from = 0; from < lines.size(); from += CHECK_COUNT)
        {
            check(lines, from, Math.min(CHECK_COUNT, lines.size() - from));
        }
    }

    private void check(final List<String> lines, final int from, final int count)
    {
        while (session.claimTransfers(count) < 0)
        {
            Thread.onSpinWait();
        }
        for (int i = 0; i < count; i++)
        {
            encode(i, Long.parseLong(lines.get(from + i).split(" ")[0]));
        }
        session.publish();
        while (session.inFlight() > 0)
        {
            session.poll(
                reply ->
                {
                    for (int i = 0; i < count; i++)
                    {
                        requireExists(reply, i, lines.get(from + i));
                    }
                },
                1);
        }
    }

    private static void requireExists(final Reply reply, final int index, final String line)
    {
        if (reply.outcome(index) != TransferOutcome.EXISTS.code() ||
            reply.firstSequence(index) != Long.parseLong(line.split(" ")[1]))
        {
            throw new AssertionError(
                "lost: " + line + ", outcome=" + TransferOutcome.of(reply.outcome(index)) +
                ", firstSequence=" + reply.firstSequence(index));
        }
    }

    private void postForEver(final long firstId)
    {
        long id = firstId;
        firstPostedId = firstId;
        while (true)
        {
            if (session.inFlight() < IN_FLIGHT_MAX)
            {
                claim(id++);
            }
            session.poll(this::onReply, IN_FLIGHT_MAX);
        }
    }

    private void claim(final long id)
    {
        while (session.claimTransfers(1) < 0)
        {
            Thread.onSpinWait();
        }
        encode(0, id);
        session.publish();
    }

    private void encode(final int index, final long id)
    {
        session.transfer(index).idLow(id).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(LEDGER).code(1)
            .userData64(id);
    }

    private void onReply(final Reply reply)
    {
        if (reply.outcome(0) != TransferOutcome.CREATED.code())
        {
            throw new AssertionError("outcome=" + TransferOutcome.of(reply.outcome(0)));
        }
        try
        {
            // Ids are given in the order of the requests.
            acknowledged.write(ByteBuffer.wrap(
                (idOf(reply) + " " + reply.sequence(0) + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
        if (++acknowledgedCount == ACKNOWLEDGED_COUNT)
        {
            System.out.println(ACKNOWLEDGED + " " + acknowledgedCount);
        }
    }

    private long idOf(final Reply reply)
    {
        if (firstRequestId < 0)
        {
            firstRequestId = reply.requestId();
        }
        return firstPostedId + reply.requestId() - firstRequestId;
    }
}
