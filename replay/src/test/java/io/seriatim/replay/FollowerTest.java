package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.Replication;
import io.seriatim.journal.ServedJournal;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A follower holds what its leader holds, byte for byte, whatever comes between them; and believes nothing. */
@Timeout(180)
class FollowerTest
{
    private static final String SECRET = "a secret of followers";
    private static final int OUTCOME_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.outcomeEncodingOffset();
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private Path directory;
    private Path books;
    private Path copy;
    private Replication replication;

    @BeforeEach
    void prepare() throws IOException
    {
        books = directory.resolve("books");
        copy = directory.resolve("copy");
        replication = new Replication("127.0.0.1", freePort(), SECRET);
    }

    @Test
    void shouldHoldWhatTheLeaderHoldsThroughRestartsOfBoth() throws Exception
    {
        final String digest;
        final long end;
        try (LedgerEngine leader = launch(books, 1))
        {
            TestBooks.fill(leader, 2);
            try (Follower follower = Follower.open(config(1)))
            {
                follower.connect();
                catchUp(follower, leader);
                assertAccount(follower, leader);
                TestBooks.bulk(leader.ledger(TestBooks.LEDGERS[0]), 40);
                catchUp(follower, leader);
                assertAccount(follower, leader);
                assertEquals(0, follower.status().lagBytes(), follower.status()::toString);
            }
            TestBooks.transfers(leader.ledger(TestBooks.LEDGERS[1]), 7);
            try (Follower follower = Follower.open(config(1)))
            {
                assertFalse(follower.status().isConnected());
                follower.connect();
                catchUp(follower, leader);
                assertAccount(follower, leader);
            }
        }
        try (LedgerEngine leader = launch(books, 0); Follower follower = Follower.open(config(1)))
        {
            follower.connect();
            TestBooks.transfers(leader.ledger(TestBooks.LEDGERS[2]), 9);
            catchUp(follower, leader);
            digest = follower.stateDigest(0);
            end = follower.status().position();
        }
        assertEquals(digest, JournalFiles.open(books).manifest(0).closeMarks().get(0).stateDigest());
        assertSameBytes(end);
        final AuditReport audit = new AuditReplay(copy).run();
        assertTrue(audit.shards().get(0).differences().isEmpty(), audit::toString);
        try (LedgerEngine engine = launch(copy, 0))
        {
            engine.ledger(TestBooks.LEDGERS[0]).createAccount(4_711, 1, 0);
        }
        // The copy has gone its own way: the leader is followed no more.
        try (LedgerEngine leader = launch(books, 0); Follower follower = Follower.open(config(1)))
        {
            TestBooks.bulk(leader.ledger(TestBooks.LEDGERS[0]), 1);
            final JournalException refused =
                assertThrows(JournalException.class, () -> connectAndRun(follower));
            assertFalse(refused.getMessage().isEmpty());
        }
    }

    @Test
    void shouldFollowSeveralJournals() throws Exception
    {
        try (LedgerEngine leader = launch(books, 3); Follower follower = Follower.open(config(2)))
        {
            follower.connect();
            TestBooks.fill(leader, 3);
            catchUp(follower, leader);
            assertAccount(follower, leader);
            for (final int ledger : TestBooks.LEDGERS)
            {
                assertEquals(leader.shardOf(ledger), follower.shardOf(ledger));
            }
        }
    }

    @Test
    void shouldMakeACopyAnewThatWasBeingMade() throws Exception
    {
        try (LedgerEngine leader = launch(books, 3))
        {
            TestBooks.fill(leader, 1);
            for (final int journal : new int[]{0, 1})
            {
                try (Follower follower = Follower.open(config(2)))
                {
                    assertFalse(follower.status().isConnected());
                }
                // As a process leaves it that is killed before all journals count.
                JournalEditor.editManifest(
                    copy.resolve("journal-" + journal), text -> text.replace("=ACTIVE", "=CREATING"));
            }
            try (Follower follower = Follower.open(config(2)))
            {
                follower.connect();
                catchUp(follower, leader);
                assertAccount(follower, leader);
            }
        }
    }

    @Test
    void shouldGoOnWhenTheLeaderComesBack() throws Exception
    {
        final Follower follower;
        try (LedgerEngine leader = launch(books, 1))
        {
            TestBooks.fill(leader, 1);
            follower = Follower.open(config(1));
            follower.connect();
            catchUp(follower, leader);
        }
        try (follower)
        {
            assertThrows(JournalException.class, () -> runUntilItEnds(follower));
            assertFalse(follower.status().isConnected());
            final JournalException absent = assertThrows(JournalException.class, follower::connect);
            assertTrue(absent.getMessage().contains("can not be reached"), absent.getMessage());
            try (LedgerEngine leader = launch(books, 0))
            {
                TestBooks.bulk(leader.ledger(TestBooks.LEDGERS[0]), 3);
                follower.connect();
                catchUp(follower, leader);
                assertAccount(follower, leader);
            }
        }
    }

    @Test
    void shouldStopAtTheFirstEntryThatIsExecutedOtherwise() throws Exception
    {
        TestBooks.write(books, 1, 2);
        final long sequence = 25;
        new JournalEditor(books.resolve("journal-0")).edit(0, sequence, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, buffer.getInt(offset + OUTCOME_OFFSET) ^ 1));
        try (ServedJournal leader = new ServedJournal(books, replication); Follower follower = Follower.open(config(1)))
        {
            follower.connect();
            final FollowerException ex = assertThrows(FollowerException.class, () -> runUntilItEnds(follower));
            assertEquals(sequence, ex.difference().sequence(), ex.getMessage());
            assertTrue(leader.isOpen());
            assertEquals(
                ex.getMessage(), assertThrows(FollowerException.class, follower::doWork).getMessage(), "for good");
        }
    }

    @Test
    void shouldNotBeLetInWithAnotherSecretAndNotWhereNobodyIs() throws Exception
    {
        try (LedgerEngine leader = launch(books, 1))
        {
            TestBooks.fill(leader, 1);
            final Replication wrong = new Replication("127.0.0.1", replication.port(), "another secret of followers");
            final JournalException refused = assertThrows(
                JournalException.class,
                () -> Follower.open(config(1).leader(wrong).timeoutNs(TimeUnit.SECONDS.toNanos(3))));
            assertTrue(refused.getMessage().contains("another secret"), refused.getMessage());
            assertFalse(Files.exists(copy));
            assertNull(leader.failure());
        }
    }

    @Test
    void shouldExecuteWhatItHoldsWithoutALeaderAndKnowNothingBefore() throws Exception
    {
        final long newest;
        try (LedgerEngine leader = launch(books, 1); Follower follower = Follower.open(config(1)))
        {
            follower.connect();
            TestBooks.fill(leader, 1);
            catchUp(follower, leader);
            newest = follower.status().sequences().get(0);
        }
        final long accountId = 100_000L * TestBooks.LEDGERS[0] + 1;
        final Follower follower = Follower.open(config(1));
        assertNull(follower.lookupAccount(0, 0, accountId));
        assertEquals("", follower.stateDigest(0));
        assertEquals(0, follower.shardOf(TestBooks.LEDGERS[0]));
        while (follower.doWork() > 0)
        {
            assertFalse(follower.status().isConnected());
        }
        assertEquals(newest, follower.status().sequences().get(0));
        assertEquals(0, follower.status().lagBytes());
        assertEquals(accountId, follower.lookupAccount(0, 0, accountId).idLow());
        assertEquals(64, follower.stateDigest(0).length());
        follower.close();
        follower.close();
    }

    @Test
    void shouldRefuseAnotherNumberOfJournalsThanItsCopyHas() throws Exception
    {
        try (LedgerEngine leader = launch(books, 3))
        {
            TestBooks.fill(leader, 1);
            Follower.open(config(2)).close();
            final IllegalArgumentException ex =
                assertThrows(IllegalArgumentException.class, () -> Follower.open(config(1)));
            assertEquals(
                "FollowerConfig.journalCount is 1, but the copy has 2 journals: directory=" + copy, ex.getMessage());
            try (Follower follower = Follower.open(config(2)))
            {
                follower.connect();
                catchUp(follower, leader);
                assertAccount(follower, leader);
            }
        }
    }

    @Test
    void shouldRefuseALeaderThatHasLostWhatTheCopyHolds() throws Exception
    {
        TestBooks.write(books, 1, 1);
        final Path older = TestBooks.copy(books, directory.resolve("older"));
        TestBooks.write(books, 1, 3);
        final long position;
        try (Follower follower = openServed(books))
        {
            position = follower.status().position();
        }
        try (ServedJournal leader = new ServedJournal(older, replication); Follower follower = Follower.open(config(1)))
        {
            final JournalException ex = assertThrows(JournalException.class, follower::connect);
            assertTrue(leader.isOpen());
            assertTrue(ex.getMessage().startsWith(
                "the copy is ahead of the journal that it follows: copy=" + position + ", leader="), ex.getMessage());
            assertFalse(follower.status().isConnected());
        }
        assertTrue(new AuditReplay(copy).run().shards().get(0).differences().isEmpty());
    }

    /** A follower that holds all of what is served. */
    private Follower openServed(final Path data)
    {
        try (ServedJournal leader = new ServedJournal(data, replication))
        {
            final Follower follower = Follower.open(config(1));
            follower.connect();
            assertTrue(leader.isOpen());
            final long startNs = System.nanoTime();
            while (!follower.status().isConnected() || follower.status().lagBytes() > 0)
            {
                assertTrue(System.nanoTime() - startNs < TIMEOUT_NS, follower.status()::toString);
                follower.doWork();
            }
            return follower;
        }
    }

    @Test
    void shouldOpenNoPortUnlessFollowersAreLetIn() throws IOException
    {
        assertThrows(IllegalArgumentException.class, () -> new Replication("host", 1, "too short"));
        assertThrows(IllegalArgumentException.class, () -> new Replication("host", 0, SECRET));
        assertThrows(IllegalArgumentException.class, () -> new Replication("ho st", 1, SECRET));
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 1)))
        {
            try (Stream<String> sockets = Files.lines(Path.of("/proc/self/net/udp")))
            {
                final String port = String.format(":%04X ", replication.port());
                assertTrue(sockets.noneMatch(line -> line.contains(port)));
            }
            assertNull(engine.failure());
        }
    }

    private static void connectAndRun(final Follower follower)
    {
        follower.connect();
        runUntilItEnds(follower);
    }

    private static void runUntilItEnds(final Follower follower)
    {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < TIMEOUT_NS)
        {
            follower.doWork();
        }
    }

    private static void catchUp(final Follower follower, final LedgerEngine leader)
    {
        final long startNs = System.nanoTime();
        while (!isCaughtUp(follower, leader))
        {
            assertTrue(System.nanoTime() - startNs < TIMEOUT_NS, follower.status()::toString);
            follower.doWork();
        }
    }

    private static boolean isCaughtUp(final Follower follower, final LedgerEngine leader)
    {
        final Map<Integer, Long> sequences = follower.status().sequences();
        for (int shard = 0; shard < leader.shardCount(); shard++)
        {
            final long newest = leader.shard(shard).lookupAccounts(List.of()).validAtSequence();
            if (sequences.getOrDefault(shard, -2L) < newest)
            {
                return false;
            }
        }
        return follower.status().isConnected() && follower.status().lagBytes() == 0;
    }

    private static void assertAccount(final Follower follower, final LedgerEngine leader)
    {
        for (final int number : TestBooks.LEDGERS)
        {
            final Ledger ledger = leader.ledger(number);
            for (int id = 1; id <= TestBooks.ACCOUNT_COUNT; id++)
            {
                final long accountId = TestBooks.account(ledger, id);
                final Account expected = ledger.lookupAccount(accountId).one();
                final AccountRecordDecoder actual = follower.lookupAccount(leader.shardOf(number), 0, accountId);
                assertEquals(
                    List.of(expected.debitsPosted(), expected.creditsPosted()),
                    List.of(
                        new Uint128(actual.debitsPostedHigh(), actual.debitsPostedLow()),
                        new Uint128(actual.creditsPostedHigh(), actual.creditsPostedLow())));
            }
        }
        assertNull(follower.lookupAccount(0, 77, 77));
        assertThrows(IllegalArgumentException.class, () -> follower.lookupAccount(99, 0, 1));
    }

    /** Up to where the follower had come; the leader's clean end comes behind it. */
    private void assertSameBytes(final long end) throws IOException
    {
        final List<Path> files = recordings(books);
        assertTrue(files.size() > 1, files::toString);
        long position = 0;
        for (final Path file : files)
        {
            final byte[] original = Files.readAllBytes(file);
            final byte[] copied = Files.readAllBytes(copy.resolve(books.relativize(file)));
            final int length = (int)Math.min(original.length, end - position);
            assertArrayEquals(Arrays.copyOf(original, length), Arrays.copyOf(copied, length), file::toString);
            position += original.length;
        }
        assertTrue(position >= end, "end=" + end);
    }

    private static List<Path> recordings(final Path data) throws IOException
    {
        try (Stream<Path> files = Files.walk(data))
        {
            return files.filter(file -> file.toString().endsWith(".rec"))
                .sorted(Comparator.comparingLong(FollowerTest::base)).toList();
        }
    }

    private static long base(final Path file)
    {
        return Long.parseLong(file.getFileName().toString().replaceAll(".*-|[.]rec", ""));
    }

    private LedgerEngine launch(final Path data, final int shardCount)
    {
        final EngineConfig config = TestBooks.config(data, shardCount);
        config.journal().replication(replication);
        return LedgerEngine.launch(config);
    }

    private FollowerConfig config(final int journalCount)
    {
        return new FollowerConfig().leader(replication).dataDirectory(copy).journalCount(journalCount)
            .timeoutNs(TimeUnit.SECONDS.toNanos(5)).forceIntervalNs(1_000_000);
    }

    private static int freePort() throws IOException
    {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0)))
        {
            return Math.min(socket.getLocalPort(), 65_530);
        }
    }
}
