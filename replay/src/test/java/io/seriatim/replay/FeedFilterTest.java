package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import static io.seriatim.replay.TwoPhaseBooks.EUR;
import static io.seriatim.replay.TwoPhaseBooks.SECOND_NS;
import static io.seriatim.replay.TwoPhaseBooks.USD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a feed's entries tell of themselves, and which of them a filter in words lets through. */
class FeedFilterTest
{
    private static final long TIMEOUT_NS = 50 * SECOND_NS;
    private static final int ROOTS_EVERY = 12;

    @TempDir
    private static Path directory;
    private static Path books;

    /**
     * Sequences: 0 genesis, 1 definition, 2 to 4 accounts of two ledgers, 5 one that is refused, 6 to 8 pending
     * transfers, 9 to 11 others of which the last is refused, 12 a post, 13 an expiry; state roots among what follows.
     */
    @BeforeAll
    static void writeBooks() throws IOException
    {
        books = directory.resolve("books");
        final Path keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        try (LedgerEngine engine = LedgerEngine.launch(TwoPhaseBooks.config(books, 1).batchCountMax(4)
            .stateRoots(new StateRootConfig().every(ROOTS_EVERY).keyFile(keyFile))))
        {
            engine.ledger(USD).defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2)));
            engine.ledger(USD).createAccounts(List.of(Account.of(1, 10, 0), Account.of(2, 11, 0)));
            engine.ledger(EUR).createAccounts(List.of(Account.of(3, 10, 0), Account.of(0, 10, 0)));
            engine.ledger(USD).createTransfers(List.of(
                TwoPhaseBooks.timeout(Transfer.of(100, 1, 2, 10, 1).withFlags(TransferFlags.PENDING), 5),
                Transfer.of(101, 1, 2, 20, 65_535).withFlags(TransferFlags.PENDING),
                Transfer.of(102, 1, 2, 20, 3).withFlags(TransferFlags.PENDING | TransferFlags.BALANCING_DEBIT)));
            engine.ledger(USD).createTransfers(List.of(
                Transfer.of(103, 2, 1, 1, 1), Transfer.of(104, 2, 1, 2, 1), Transfer.of(105, 2, 2, 3, 1)));
            engine.shard(0).createTransfers(List.of(
                TwoPhaseBooks.resolve(106, 101, Uint128.MAX, TransferFlags.POST_PENDING_TRANSFER)));
            assertEquals(1, engine.ledger(USD).advanceClock(10 * SECOND_NS).expiredCount());
            for (int i = 0; i < 2 * ROOTS_EVERY; i++)
            {
                engine.ledger(USD).createTransfers(List.of(Transfer.of(1_000 + i, 1, 2, 1, 7)));
            }
        }
    }

    @Test
    void shouldTellOfEveryEntryWhatItsTextTells()
    {
        final Set<EntryKind> kinds = EnumSet.noneOf(EntryKind.class);
        run(FeedFilter.ALL, entry ->
        {
            kinds.add(entry.kind());
            final Map<String, Object> fields = EntryText.fields(entry.buffer(), 0);
            final String kind = fields.get("kind").toString();
            assertEquals(kind.equals("extended_transfer") ? "transfer" : kind, entry.kind().label());
            assertEquals(number(fields, "ledger_sequence"), entry.ledgerSequence(), entry::toString);
            assertEquals(number(fields, "timestamp_ns"), entry.timestampNs(), entry::toString);
            assertEquals(resolved(fields, "ledger"), entry.ledger(), entry::toString);
            assertEquals(resolved(fields, "code"), entry.code(), entry::toString);
            assertEquals(fields.getOrDefault("outcome", "created").equals("created"), entry.isCreated());
            final boolean isAccount = entry.kind() == EntryKind.ACCOUNT;
            assertEquals(
                isAccount ? number(fields, "id") : resolved(fields, "debit_account_id"), entry.debitAccountIdLow());
            assertEquals(resolved(fields, "credit_account_id"), entry.creditAccountIdLow());
            assertEquals(0, entry.debitAccountIdHigh() | entry.creditAccountIdHigh());
        });
        assertEquals(EnumSet.allOf(EntryKind.class), kinds);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "kind=genesis ; 0",
        "kind=ledger_definition,expiry ; 1,13",
        "kind=account ; 2,3,4,5",
        "kind=account,transfer outcome=refused ; 5,11",
        "kind=account outcome=id_must_not_be_zero ; 5",
        "outcome=accounts_must_be_different ; 11",
        "outcome=exists,accounts_must_be_different ; 11",
        "outcome=created kind=account ; 2,3,4",
        "ledger=978 ; 4,5",
        "ledger=978,392 kind=transfer ; ",
        "code=10,11 ; 2,3,4,5",
        "code=65535 ; 7,12",
        "flags=pending ; 6,7,8",
        "flags=pending|balancing_debit ; 8",
        "flags=post_pending_transfer ; 12",
        "code=1 ledger=840 kind=transfer,expiry ; 6,9,10,11,13" })
    void shouldLetThroughWhatMeetsEveryCondition(final String text, final String expected)
    {
        final List<Long> sequences = new ArrayList<>();
        run(FeedFilter.parse(text), entry -> sequences.add(entry.sequence()));
        assertEquals(
            expected == null ? "" : expected, sequences.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    @Test
    void shouldLetThroughEverythingWithoutConditions()
    {
        final List<Long> sequences = new ArrayList<>();
        run(FeedFilter.parse("  "), entry -> sequences.add(entry.sequence()));
        assertTrue(sequences.size() > 14 + 2 * ROOTS_EVERY, sequences::toString);
        assertEquals(LongStream.range(0, sequences.size()).boxed().toList(), sequences);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kind | a condition is field=value,value and each field comes once: condition=kind",
        "kind= | a condition is field=value,value and each field comes once: condition=kind=",
        "code=1 kind=account code=2 | a condition is field=value,value and each field comes once: condition=code=2",
        "=account | there is no such field: field=, allowed=kind, ledger, code, flags, outcome",
        "amount=7 | there is no such field: field=amount, allowed=kind, ledger, code, flags, outcome",
        "kind=account,post | there is no such kind: kind=post, allowed=account, expiry, genesis, ledger_definition, " +
            "state_root, transfer",
        "ledger=0 | a number from 1 to 4294967295 is wanted: ledger=0",
        "ledger=840,-1 | a number from 1 to 4294967295 is wanted: ledger=-1",
        "ledger=4294967296 | a number from 1 to 4294967295 is wanted: ledger=4294967296",
        "ledger=10000000000 | a number from 1 to 4294967295 is wanted: ledger=10000000000",
        "code=65536 | a number from 1 to 65535 is wanted: code=65536",
        "code=one | a number from 1 to 65535 is wanted: code=one" })
    void shouldRefuseTheConditionThatCanNotBeRead(final String text, final String message)
    {
        assertEquals(
            message, assertThrows(IllegalArgumentException.class, () -> FeedFilter.parse(text)).getMessage());
    }

    @Test
    void shouldNameTheOutcomesThatThereAre()
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> FeedFilter.parse("outcome=lost")).getMessage();
        assertTrue(message.startsWith("there is no such outcome: outcome=lost, allowed="), message);
        for (final AccountOutcome outcome : AccountOutcome.values())
        {
            assertTrue(message.contains(outcome.label()), outcome::label);
        }
        for (final TransferOutcome outcome : TransferOutcome.values())
        {
            assertTrue(message.contains(outcome.label()), outcome::label);
        }
        assertTrue(message.contains(", refused, "), message);
    }

    @Test
    void shouldRefuseAFlagThatThereIsNot()
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> FeedFilter.parse("flags=pending,odd")).getMessage();
        assertTrue(message.contains("odd"), message);
    }

    private static void run(final FeedFilter filter, final Consumer<FeedEntry> handler)
    {
        try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
            .isBounded(true).isStepped(true).retry(FeedRetry.NEVER).filter(filter).handler(handler::accept)))
        {
            final long startNs = System.nanoTime();
            while (!feed.isEnded())
            {
                assertTrue(System.nanoTime() - startNs < TIMEOUT_NS, "it does not come to its end");
                feed.doWork();
            }
            if (feed.failure() != null)
            {
                throw new AssertionError(feed.failure());
            }
        }
    }

    private static long number(final Map<String, Object> fields, final String name)
    {
        return Long.parseLong(fields.getOrDefault(name, "0").toString());
    }

    /** What was resolved, if anything was; else what was given. */
    private static long resolved(final Map<String, Object> fields, final String name)
    {
        final long resolved = number(fields, "resolved_" + name);
        return resolved != 0 ? resolved : number(fields, name);
    }
}
