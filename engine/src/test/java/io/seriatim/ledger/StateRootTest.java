package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.merkle.TreeHasher;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * State roots are what docs/FORMAT.md says, computed here once more and as simply as can be; they stand where the
 * schedule has them; a copy in slices comes to the same; and a replay finds what is wrong with one.
 */
class StateRootTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.roots.seeds", 20);
    private static final int STEPS = 150;
    private static final int EVERY = 2 * HostileHistory.BATCH_COUNT_MAX;
    private static final StateRootKey KEY = StateRootKey.parse(
        "seriatim-state-root-key+" + Base64.getEncoder().encodeToString(new byte[32]) + "\n");
    private static final int ENTRY_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + StateRootEntryDecoder.BLOCK_LENGTH;

    @Test
    void shouldBeWhereTheScheduleHasThemAndWhatTheFormatSays()
    {
        int rootCount = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            final int every = EVERY + new Random(seed).nextInt(EVERY);
            try (HostileHistory history = run(seed, every))
            {
                final List<StateRootEntryDecoder> roots = roots(history.entries());
                assertEquals(history.reference().stateRootCount(), roots.size());
                assertEquals(history.reference().nextSequence(), history.stateMachine().nextSequence());
                assertRoots(roots, history.entries(), every);
                rootCount += roots.size();
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError(
                    "seed=" + seed + "; run it alone with -Dseriatim.seed=" + seed + " -Dseriatim.roots.seeds=1", ex);
            }
        }
        System.out.println(
            "state roots: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", roots=" + rootCount);
        assertTrue(rootCount > 5 * SEED_COUNT, "too few state roots: " + rootCount);
    }

    /** Replay up to each place that a root is of, and compute the root there. */
    private static void assertRoots(
        final List<StateRootEntryDecoder> roots, final RecordedEntries entries, final int every)
    {
        try (LedgerStateMachine again = new LedgerStateMachine(HostileHistory.BATCH_COUNT_MAX, 64, 5, entries))
        {
            final EntryReplay replay = replay(again, every, KEY);
            long sequence = 1;
            for (final StateRootEntryDecoder root : roots)
            {
                for (; sequence <= root.asOfSequence(); sequence++)
                {
                    replay.onEntry(entries.buffer(), entries.offset(sequence), entries.length(sequence));
                }
                assertFalse(again.isGroupOpen());
                final List<byte[]> accounts = naiveAccountRows(again, root.asOfSequence());
                final List<byte[]> ledgers = naiveLedgerRows(again, entries, root.asOfSequence());
                final StateRoot recorded = StateRoot.of(root);
                assertEquals(accounts.size(), recorded.accountCount());
                assertEquals(ledgers.size(), recorded.ledgerCount());
                assertRowsHandedOut(again, accounts, ledgers);
                assertArrayEquals(naiveRoot(accounts), recorded.accountsRoot());
                assertArrayEquals(naiveRoot(ledgers), recorded.ledgersRoot());
            }
        }
    }

    private static void assertRowsHandedOut(
        final LedgerStateMachine stateMachine, final List<byte[]> accounts, final List<byte[]> ledgers)
    {
        final List<byte[]> handedOut = new ArrayList<>();
        StateRootBuilder.build(stateMachine, KEY, new StateRowHandler()
        {
            @Override
            public void onAccount(final byte[] row, final int length)
            {
                handedOut.add(Arrays.copyOf(row, length));
            }

            @Override
            public void onLedger(final byte[] row, final int length)
            {
                handedOut.add(Arrays.copyOf(row, length));
            }
        });
        final List<byte[]> expected = new ArrayList<>(accounts);
        expected.addAll(ledgers);
        assertEquals(expected.size(), handedOut.size());
        for (int i = 0; i < expected.size(); i++)
        {
            assertArrayEquals(expected.get(i), handedOut.get(i));
        }
    }

    @Test
    void shouldBeTheRootOfItsSequenceHoweverTheLedgerGoesOn()
    {
        final UnsafeBuffer chunk = new UnsafeBuffer(new byte[4_096]);
        int changedCount = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            final Random random = new Random(seed);
            try (HostileHistory history = new HostileHistory(seed))
            {
                final LedgerStateMachine stateMachine = history.stateMachine();
                for (int i = 0; i < 20; i++)
                {
                    step(history, random.nextInt(8));
                    final StateRoot expected = StateRootBuilder.build(stateMachine, KEY, StateRowHandler.NONE);
                    if (random.nextInt(4) == 0)
                    {
                        // One that is given up leaves nothing behind.
                        stateMachine.beginRootCopy().copy(chunk, 0, StateRootCopy.LENGTH_MIN);
                        step(history, 2);
                        stateMachine.beginRootCopy().cancel();
                        continue;
                    }
                    final StateRootBuilder builder =
                        new StateRootBuilder(KEY, expected.asOfSequence(), StateRowHandler.NONE);
                    final StateRootCopy copy = stateMachine.beginRootCopy();
                    final StateCopy other = random.nextBoolean() ? stateMachine.beginCopy() : null;
                    while (copy.isActive())
                    {
                        builder.onChunk(
                            chunk, 0, copy.copy(chunk, 0, StateRootCopy.LENGTH_MIN + random.nextInt(3_900)));
                        step(history, random.nextInt(2));
                        if (other != null)
                        {
                            other.copy(chunk, 0, StateCopy.LENGTH_MIN);
                        }
                    }
                    changedCount += stateMachine.nextSequence() > expected.asOfSequence() + 1 ? 1 : 0;
                    assertSame(expected, builder.end());
                }
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("seed=" + seed, ex);
            }
        }
        assertTrue(changedCount > 5 * SEED_COUNT, "too few ledgers went on: " + changedCount);
    }

    @Test
    void shouldReplayWithTheKeyAndWithoutAndSeeAnother()
    {
        final long seed = FIRST_SEED;
        try (HostileHistory history = run(seed, EVERY))
        {
            final List<Long> rootSequences = rootSequences(history.entries());
            assertEquals(List.of(), divergences(history.entries(), KEY));
            assertEquals(List.of(), divergences(history.entries(), null));
            assertEquals(rootSequences, divergences(history.entries(), newKey()), "seed=" + seed);
        }
    }

    /** A changed bit: with the key it is seen in any field of a root, without in all but the root of the accounts. */
    @Test
    void shouldSeeEveryChangedByteOfARoot()
    {
        try (HostileHistory history = run(FIRST_SEED, EVERY))
        {
            final RecordedEntries entries = history.entries();
            final long sequence = rootSequences(entries).get(1);
            for (int i = 0; i < ENTRY_LENGTH; i++)
            {
                final int place = entries.offset(sequence) + i;
                entries.buffer().putByte(place, (byte)(entries.buffer().getByte(place) ^ 1));
                final boolean isRead = i == 2 || i == 3 ||
                    i >= MessageHeaderDecoder.ENCODED_LENGTH && i < MessageHeaderDecoder.ENCODED_LENGTH + Long.BYTES;
                final boolean isHash =
                    i >= ENTRY_LENGTH - 2 * TreeHasher.HASH_LENGTH && i < ENTRY_LENGTH - TreeHasher.HASH_LENGTH;
                assertEquals(isRead ? null : List.of(sequence), divergencesOrNull(entries, KEY, sequence), "byte " + i);
                assertEquals(
                    isRead ? null : isHash ? List.of() : List.of(sequence),
                    divergencesOrNull(entries, null, sequence), "byte " + i);
                entries.buffer().putByte(place, (byte)(entries.buffer().getByte(place) ^ 1));
            }
        }
    }

    @Test
    void shouldRefuseARootThatIsMissingOrTooMuch()
    {
        try (HostileHistory history = run(FIRST_SEED, EVERY); HostileHistory without = new HostileHistory(FIRST_SEED))
        {
            step(without, STEPS);
            try (LedgerStateMachine again =
                new LedgerStateMachine(HostileHistory.BATCH_COUNT_MAX, 64, 5, without.entries()))
            {
                final EntryReplay replay = replay(again, EVERY, KEY);
                final String message = assertThrows(
                    IllegalStateException.class, () -> without.entries().replayTo(replay)).getMessage();
                assertTrue(message.startsWith("a state root is due here, as of sequence "), message);
            }
            try (LedgerStateMachine again =
                new LedgerStateMachine(HostileHistory.BATCH_COUNT_MAX, 64, 5, history.entries()))
            {
                final EntryReplay replay = new EntryReplay(again, StateRootTest::failOn);
                final String message = assertThrows(
                    IllegalStateException.class, () -> history.entries().replayTo(replay)).getMessage();
                assertEquals(
                    "no state root is due here: sequence=" + rootSequences(history.entries()).get(0), message);
            }
        }
    }

    @Test
    void shouldWaitForARootThatIsNotMade()
    {
        final List<StateRootTask> tasks = new ArrayList<>();
        try (HostileHistory history = new HostileHistory(3))
        {
            final LedgerStateMachine stateMachine = history.stateMachine();
            final StateRoots roots = new StateRoots(EVERY, stateMachine, (ignored, task) -> tasks.add(task), null);
            assertEquals(1, roots.entryCountMax());
            while (!roots.isDue())
            {
                assertTrue(roots.isReadyFor(HostileHistory.BATCH_COUNT_MAX));
                history.step();
            }
            assertFalse(roots.write(null));
            assertEquals(stateMachine.nextSequence() - 1, tasks.get(0).asOfSequence());
            final StateRoot made = StateRootBuilder.build(stateMachine, KEY, StateRowHandler.NONE);
            while (!roots.isDue())
            {
                final long next = (tasks.get(0).asOfSequence() / EVERY + 1) * EVERY;
                final int before = (int)(next - stateMachine.nextSequence());
                assertTrue(roots.isReadyFor(before), "up to the entry before the due one nobody waits");
                assertFalse(roots.isReadyFor(before + 1), "the due one is too much");
                history.step();
            }
            assertThrows(IllegalStateException.class, () -> roots.write(null));
            assertThrows(
                IllegalStateException.class,
                () -> tasks.get(0).complete(StateRootBuilder.build(stateMachine, KEY, StateRowHandler.NONE)));
            tasks.get(0).complete(made);
            assertTrue(roots.isReadyFor(1));
            final long sequence = stateMachine.nextSequence();
            assertTrue(roots.write(null));
            assertEquals(sequence + 1, stateMachine.nextSequence());
            assertEquals(sequence - 1, roots.waiting().asOfSequence());
            assertNull(roots.waiting().root());
        }
    }

    @Test
    void shouldHaveNoneUnlessTheGenesisSaysSo()
    {
        try (HostileHistory history = run(FIRST_SEED, 0))
        {
            final StateRoots none = new StateRoots(0, history.stateMachine(), StateRootBuilder.maker(null), null);
            assertFalse(none.isDue());
            assertTrue(none.isReadyFor(Integer.MAX_VALUE));
            assertEquals(0, none.entryCountMax());
            assertNull(none.waiting());
            final StateRootTask task =
                new StateRootTask(StateRootBuilder.build(history.stateMachine(), KEY, StateRowHandler.NONE));
            assertThrows(
                IllegalStateException.class,
                () -> new StateRoots(0, history.stateMachine(), StateRootBuilder.maker(null), task));
        }
    }

    @Test
    void shouldReadBackAKeyAndNothingElse()
    {
        final StateRootKey key = newKey();
        assertEquals(key, StateRootKey.parse(key.toText()));
        assertEquals(key, key.copy());
        assertEquals(key.fingerprint(), StateRootKey.parse(key.toText()).fingerprint());
        assertNotEquals(key, newKey());
        assertNotEquals(key.fingerprint(), newKey().fingerprint());
        assertFalse(key.toString().contains(key.toText().strip().substring(30)));
        final String text = key.toText().strip();
        for (final String bad : List.of(
            "", "x", "seriatim-state-root-key+", text.substring(0, text.length() - 4), text + "AAAA", "!" + text,
            text.replace('+', '!'), "PRIVATE+KEY+a+1+AAAA"))
        {
            assertThrows(IllegalArgumentException.class, () -> StateRootKey.parse(bad), bad);
        }
    }

    @Test
    void shouldRefuseAKeyOfAnotherLength()
    {
        for (final int length : new int[]{0, StateRootKey.KEY_LENGTH - 1, StateRootKey.KEY_LENGTH + 1})
        {
            assertEquals(
                "a state root key has 32 bytes: " + length,
                assertThrows(IllegalArgumentException.class, () -> StateRootKey.of(new byte[length])).getMessage());
        }
        assertNotEquals(newKey(), "a key");
    }

    @Test
    void shouldRefuseARootThatIsNotTheOneThatWasBegun()
    {
        final byte[] hash = new byte[32];
        for (final long[] made : new long[][]{{201, 3, 2}, {200, 4, 2}, {200, 3, 1}})
        {
            final StateRootTask task = new StateRootTask(200, 3, 2);
            assertEquals(
                "not the root that was begun: as of sequence=200, accounts=3, ledgers=2; made as of sequence=" +
                made[0] + ", accounts=" + made[1] + ", ledgers=" + made[2],
                assertThrows(
                    IllegalStateException.class,
                    () -> task.complete(new StateRoot(made[0], made[1], hash, made[2], hash))).getMessage());
            assertNull(task.root());
            task.complete(new StateRoot(200, 3, hash, 2, hash));
            assertEquals(200, task.root().asOfSequence());
        }
    }

    private static StateRootKey newKey()
    {
        final byte[] secret = new byte[StateRootKey.KEY_LENGTH];
        new Random().nextBytes(secret);
        return StateRootKey.of(secret);
    }

    private static HostileHistory run(final long seed, final int every)
    {
        final HostileHistory history = new HostileHistory(seed, every, KEY);
        step(history, STEPS);
        return history;
    }

    private static void step(final HostileHistory history, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            history.step();
        }
    }

    private static EntryReplay replay(final LedgerStateMachine stateMachine, final int every, final StateRootKey key)
    {
        return new EntryReplay(
            stateMachine, new StateRoots(every, stateMachine, StateRootBuilder.maker(key), null),
            StateRootTest::failOn);
    }

    private static void failOn(
        final long sequence, final DirectBuffer recorded, final int recordedOffset, final DirectBuffer executed,
        final int executedOffset)
    {
        fail("an entry differs: sequence=" + sequence);
    }

    private static List<Long> divergences(final RecordedEntries entries, final StateRootKey key)
    {
        final List<Long> sequences = new ArrayList<>();
        try (LedgerStateMachine again = new LedgerStateMachine(HostileHistory.BATCH_COUNT_MAX, 64, 5, entries))
        {
            entries.replayTo(new EntryReplay(
                again, new StateRoots(EVERY, again, StateRootBuilder.maker(key), null),
                (sequence, recorded, recordedOffset, executed, executedOffset) -> sequences.add(sequence)));
        }
        return sequences;
    }

    /** Null if the replay is refused at the entry. */
    private static List<Long> divergencesOrNull(
        final RecordedEntries entries, final StateRootKey key, final long sequence)
    {
        try
        {
            return divergences(entries, key);
        }
        catch (final IllegalStateException ex)
        {
            assertTrue(ex.getMessage().contains("sequence=" + sequence), ex.getMessage());
            return null;
        }
    }

    private static List<Long> rootSequences(final RecordedEntries entries)
    {
        return roots(entries).stream().map(StateRootEntryDecoder::sequence).toList();
    }

    private static List<StateRootEntryDecoder> roots(final RecordedEntries entries)
    {
        final List<StateRootEntryDecoder> roots = new ArrayList<>();
        for (long sequence = 1; sequence <= entries.count(); sequence++)
        {
            final MessageHeaderDecoder header =
                new MessageHeaderDecoder().wrap(entries.buffer(), entries.offset(sequence));
            if (header.templateId() == StateRootEntryDecoder.TEMPLATE_ID)
            {
                roots.add(new StateRootEntryDecoder().wrapAndApplyHeader(
                    entries.buffer(), entries.offset(sequence), new MessageHeaderDecoder()));
            }
        }
        return roots;
    }

    private static void assertSame(final StateRoot expected, final StateRoot actual)
    {
        assertEquals(expected.asOfSequence(), actual.asOfSequence());
        assertEquals(expected.accountCount(), actual.accountCount());
        assertEquals(expected.ledgerCount(), actual.ledgerCount());
        assertArrayEquals(expected.accountsRoot(), actual.accountsRoot());
        assertArrayEquals(expected.ledgersRoot(), actual.ledgersRoot());
    }

    // Once more, from docs/FORMAT.md alone.

    private static List<byte[]> naiveAccountRows(final LedgerStateMachine stateMachine, final long asOfSequence)
    {
        final List<byte[]> rows = new ArrayList<>();
        final byte[] record = new byte[AccountRecordDecoder.ENCODED_LENGTH];
        final UnsafeBuffer answer = new UnsafeBuffer(new byte[BatchResults.ROW_LENGTH]);
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            final ByteBuffer row = ByteBuffer.allocate(184).order(ByteOrder.LITTLE_ENDIAN);
            stateMachine.readAccount(slot, new UnsafeBuffer(record), 0);
            final ByteBuffer account = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
            assertTrue(stateMachine.readOutcomeOfAccount(account.getLong(0), account.getLong(8), answer, 0));
            row.putShort((short)176).putShort((short)20).putShort((short)840).putShort((short)0);
            row.putLong(asOfSequence).putLong(answer.getLong(BatchResults.SEQUENCE_OFFSET)).put(record);
            row.put(hmac(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN)
                .put(record, 0, 16).putLong(asOfSequence).array()));
            rows.add(row.array());
        }
        return rows;
    }

    private static List<byte[]> naiveLedgerRows(
        final LedgerStateMachine stateMachine, final RecordedEntries entries, final long asOfSequence)
    {
        final Map<Integer, BigInteger[]> sums = new LinkedHashMap<>();
        final Map<Integer, Long> counts = new LinkedHashMap<>();
        final byte[] record = new byte[AccountRecordDecoder.ENCODED_LENGTH];
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, new UnsafeBuffer(record), 0);
            final int ledger = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(112);
            counts.merge(ledger, 1L, Long::sum);
            final BigInteger[] sum = sums.computeIfAbsent(
                ledger, key -> new BigInteger[] {BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO});
            for (int i = 0; i < 4; i++)
            {
                sum[i] = sum[i].add(unsigned(record, 16 + 16 * i));
            }
        }
        final Map<Integer, Long> ledgerSequences = ledgerSequences(entries, asOfSequence);
        final List<byte[]> rows = new ArrayList<>();
        sums.forEach((ledger, sum) ->
        {
            final ByteBuffer row = ByteBuffer.allocate(136).order(ByteOrder.LITTLE_ENDIAN);
            row.putShort((short)128).putShort((short)21).putShort((short)840).putShort((short)0);
            row.putLong(asOfSequence).putLong(ledgerSequences.getOrDefault(ledger, 0L));
            row.putLong(counts.get(ledger)).putInt(ledger).putInt(0);
            for (final BigInteger value : sum)
            {
                row.putLong(value.shiftRight(128).longValue()).putLong(value.shiftRight(64).longValue())
                    .putLong(value.longValue());
            }
            rows.add(row.array());
        });
        return rows;
    }

    /** The greatest ledgerSequence of each ledger among the entries that name one. */
    private static Map<Integer, Long> ledgerSequences(final RecordedEntries entries, final long asOfSequence)
    {
        final Map<Integer, Long> newest = new LinkedHashMap<>();
        for (long sequence = 1; sequence <= asOfSequence; sequence++)
        {
            final int offset = entries.offset(sequence);
            final int templateId = entries.buffer().getShort(offset + 2);
            if (templateId == StateRootEntryDecoder.TEMPLATE_ID)
            {
                continue;
            }
            final long ledgerSequence = entries.buffer().getLong(offset + 16);
            if (ledgerSequence > 0)
            {
                newest.merge(ledgerOf(entries, sequence, templateId), ledgerSequence, Math::max);
            }
        }
        return newest;
    }

    private static int ledgerOf(final RecordedEntries entries, final long sequence, final int templateId)
    {
        final int offset = entries.offset(sequence);
        final int resolved = templateId == 14 ? entries.buffer().getInt(offset + 252) : 0;
        return resolved != 0 ? resolved : entries.buffer().getInt(offset + switch (templateId)
        {
            case 11 -> 40;
            case 15 -> 104;
            default -> 152;
        });
    }

    private static BigInteger unsigned(final byte[] record, final int offset)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        return new BigInteger(1, ByteBuffer.allocate(16)
            .putLong(buffer.getLong(offset)).putLong(buffer.getLong(offset + 8)).array());
    }

    private static byte[] hmac(final byte[] bytes)
    {
        try
        {
            final Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
            return mac.doFinal(bytes);
        }
        catch (final GeneralSecurityException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private static byte[] naiveRoot(final List<byte[]> leaves)
    {
        try
        {
            final MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            if (leaves.size() < 2)
            {
                leaves.forEach(leaf ->
                {
                    sha256.update((byte)0);
                    sha256.update(leaf);
                });
                return sha256.digest();
            }
            final int half = Integer.highestOneBit(leaves.size() - 1);
            sha256.update((byte)1);
            sha256.update(naiveRoot(leaves.subList(0, half)));
            sha256.update(naiveRoot(leaves.subList(half, leaves.size())));
            return sha256.digest();
        }
        catch (final GeneralSecurityException ex)
        {
            throw new AssertionError(ex);
        }
    }
}
