package io.seriatim.totals;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The laws of merging, on contributions drawn at random, and what follows from them. */
class TotalsTest
{
    private static final long SEED = Long.getLong("seriatim.totals.seed", System.nanoTime());
    private static final int SHARDS = 4;
    private static final int STEPS = 30;
    private static final int ROUNDS = 300;
    private static final UUID LOG = new UUID(1, 2);

    private final Random random = new Random(SEED);

    /** What a shard says in its life, growing. */
    private List<Contribution> life(final int shard)
    {
        final TreeMap<TotalsKey, Sums> sums = new TreeMap<>();
        final List<Contribution> life = new ArrayList<>();
        long sequence = random.nextInt(3);
        for (int step = 0; step < STEPS; step++)
        {
            sums.merge(
                new TotalsKey(840 + random.nextInt(2), random.nextInt(3), random.nextInt(4)),
                new Sums(1 + random.nextInt(5), BigInteger.valueOf(random.nextInt(1_000)), random.nextInt(2), 0),
                Sums::plus);
            sequence += 1 + random.nextInt(10);
            life.add(new Contribution(LOG, shard, sequence, new TreeMap<>(sums)));
        }
        return life;
    }

    private List<List<Contribution>> lives()
    {
        final List<List<Contribution>> lives = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++)
        {
            lives.add(life(shard));
        }
        return lives;
    }

    private Totals some(final List<List<Contribution>> lives)
    {
        Totals totals = Totals.NONE;
        for (int i = random.nextInt(6); i > 0; i--)
        {
            final List<Contribution> life = lives.get(random.nextInt(lives.size()));
            totals = totals.merge(life.get(random.nextInt(life.size())));
        }
        return totals;
    }

    @Test
    void shouldKeepTheLaws()
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<List<Contribution>> lives = lives();
            final Totals a = some(lives);
            final Totals b = some(lives);
            final Totals c = some(lives);
            final String where = "seed=" + SEED + ", round=" + round;
            assertEquals(a.merge(b), b.merge(a), where + ": commutative");
            assertEquals(a.merge(b).merge(c), a.merge(b.merge(c)), where + ": associative");
            assertEquals(a, a.merge(a), where + ": idempotent");
            assertEquals(a.merge(b), a.merge(b).merge(b), where + ": absorbing");
            assertEquals(a, a.merge(Totals.NONE), where + ": neutral");
            assertEquals(a, TotalsText.decode(TotalsText.encode(a)), where + ": as text");
        }
    }

    /** Messages that come twice, in any order, or are lost and sent again, lead to the same totals. */
    @Test
    void shouldBeExactOverDeliveryThatIsNot()
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<Contribution> messages = new ArrayList<>();
            Totals expected = Totals.NONE;
            for (final List<Contribution> life : lives())
            {
                final Contribution last = life.get(life.size() - 1);
                for (final Contribution each : life)
                {
                    // The last one comes sooner or later; of the others some are lost, some come more than once.
                    final int times = each == last ? 1 + random.nextInt(3) : random.nextInt(4);
                    messages.addAll(Collections.nCopies(times, each));
                }
                expected = expected.merge(last);
            }
            Collections.shuffle(messages, random);
            Totals received = Totals.NONE;
            for (final Contribution each : messages)
            {
                received = received.merge(each);
            }
            assertEquals(expected, received, "seed=" + SEED + ", round=" + round);
            assertEquals(expected.sums(), received.sums());
        }
    }

    @Test
    void shouldAddUpOverShardsAndLogs()
    {
        final TotalsKey key = new TotalsKey(840, 1, -1);
        final Sums five = new Sums(5, BigInteger.TEN, 2, 1);
        final Sums one = new Sums(1, BigInteger.ONE, 0, 0);
        final Totals totals = Totals.NONE
            .merge(new Contribution(LOG, 0, 9, new TreeMap<>(Map.of(key, five))))
            .merge(new Contribution(LOG, 1, 2, new TreeMap<>(Map.of(key, one))))
            .merge(new Contribution(new UUID(3, 4), 0, 1, new TreeMap<>(Map.of(key, one))));
        assertEquals(Map.of(key, new Sums(7, BigInteger.valueOf(12), 2, 1)), totals.sums());
        assertEquals(1, totals.sums().get(key).pendingOpen());
        assertEquals(3, totals.contributions().size());
    }

    @Test
    void shouldNotBelieveTwoStoriesOfOneSequence()
    {
        final TotalsKey key = new TotalsKey(840, 1, -1);
        final Totals one = Totals.NONE.merge(new Contribution(LOG, 0, 9, new TreeMap<>(Map.of(key, Sums.ZERO))));
        assertThrows(IllegalStateException.class, () -> one.merge(new Contribution(LOG, 0, 9, new TreeMap<>())));
    }

    @Test
    void shouldSayWhichLineIsNone()
    {
        final String text = TotalsText.encode(Totals.NONE.merge(new Contribution(
            LOG, 0, 9, new TreeMap<>(Map.of(new TotalsKey(840, 1, -1), Sums.ZERO)))));
        for (final String wrong : new String[] {
            text.replace("contribution", "something"), text.replace(" 9 ", " nine "),
            text.substring(0, text.indexOf('\n')), text + "more\n", text.replace("840", "a ledger")})
        {
            final String message =
                assertThrows(IllegalArgumentException.class, () -> TotalsText.decode(wrong), wrong).getMessage();
            assertTrue(message.contains("line="), message);
        }
        assertEquals(Totals.NONE, TotalsText.decode(""));
    }
}
