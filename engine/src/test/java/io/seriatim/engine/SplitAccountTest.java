package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A hot account as several: whatever comes in between sweeps, together they hold what one would. */
class SplitAccountTest
{
    private static final long SEED = Long.getLong("seriatim.split.seed", System.nanoTime());
    private static final int CODE = 1;

    private final LedgerEngine engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY));
    private final Ledger usd = engine.ledger(840);
    private final IdGenerator ids = new IdGenerator();
    private final SplitAccount merchant = new SplitAccount(
        Uint128.of(50), LongStream.range(51, 67).mapToObj(Uint128::of).toList());

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldHoldWhatOneAccountWould()
    {
        merchant.create(usd, 10, 0).forEach(result -> assertEquals(AccountOutcome.CREATED, result.outcome()));
        usd.createAccount(1, 20, 0);
        final Random random = new Random(SEED);
        BigInteger expected = BigInteger.ZERO;
        final Set<Uint128> used = new HashSet<>();
        for (int i = 0; i < 2_000; i++)
        {
            final long amount = 1 + random.nextInt(1_000);
            final Uint128 part = random.nextBoolean() ? merchant.next() : merchant.of(random.nextInt(100));
            used.add(part);
            final boolean isIn = random.nextInt(5) > 0;
            final Uint128 payer = Uint128.of(1);
            assertEquals(TransferOutcome.CREATED, usd.createTransfer(Transfer.of(
                ids.next(), isIn ? payer : part, isIn ? part : payer, Uint128.of(amount), CODE)).outcome());
            expected = expected.add(BigInteger.valueOf(isIn ? amount : -amount));
            if (random.nextInt(200) == 0)
            {
                merchant.sweep(usd, ids, CODE).forEach(
                    result -> assertEquals(TransferOutcome.CREATED, result.outcome()));
                assertEquals(expected, merchant.balance(usd), "seed=" + SEED);
            }
        }
        merchant.sweep(usd, ids, CODE);
        assertEquals(expected, merchant.balance(usd), "seed=" + SEED);
        final Account main = usd.lookupAccount(50).one();
        assertEquals(expected, main.creditsPosted().toBigInteger().subtract(main.debitsPosted().toBigInteger()));
        assertEquals(List.of(), merchant.sweep(usd, ids, CODE), "there is nothing left to move");
        assertEquals(new HashSet<>(merchant.partIds()), used);
    }

    @Test
    void shouldLeaveWhatIsReserved()
    {
        merchant.create(usd, 10, 0);
        usd.createAccount(1, 20, 0);
        usd.createTransfer(Transfer.of(ids.next(), Uint128.of(1), Uint128.of(51), Uint128.of(100), CODE));
        usd.createTransfer(Transfer.of(ids.next(), Uint128.of(51), Uint128.of(1), Uint128.of(30), CODE)
            .withFlags(TransferFlags.PENDING));
        merchant.sweep(usd, ids, CODE);
        assertEquals(Uint128.of(70), usd.lookupAccount(50).one().creditsPosted());
        assertEquals(BigInteger.valueOf(100), merchant.balance(usd));
    }

    @Test
    void shouldKeepAKeyOnOnePartAndRefuseWhatIsNoSplit()
    {
        for (long key = -100; key < 100; key++)
        {
            assertEquals(merchant.of(key), merchant.of(key));
        }
        assertTrue(LongStream.range(0, 1_000).mapToObj(merchant::of).distinct().count() > 14);
        assertThrows(IllegalArgumentException.class, () -> new SplitAccount(Uint128.of(1), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new SplitAccount(Uint128.of(1), List.of(Uint128.of(1))));
        assertThrows(
            IllegalArgumentException.class,
            () -> new SplitAccount(Uint128.of(1), List.of(Uint128.of(2), Uint128.of(2))));
    }
}
