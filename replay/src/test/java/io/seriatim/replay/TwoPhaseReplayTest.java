package io.seriatim.replay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books with every kind of entry are replayed without a difference, and what they came to is told. */
class TwoPhaseReplayTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldFindNothingInBooksWithEveryKindOfEntry()
    {
        TwoPhaseBooks.write(directory);
        final AuditReport report = new AuditReplay(directory).run();
        assertTrue(report.isClean(), report.toString());
        final ShardAudit shard = report.shards().get(0);
        assertEquals(
            Map.of("genesis", 1L, "ledger_definition", 3L, "account", 6L, "transfer", 12L, "extended_transfer", 16L,
                "expiry", 2L),
            shard.entryKinds());
        assertEquals(
            List.of("genesis", "ledger_definition", "account", "transfer", "extended_transfer", "expiry"),
            List.copyOf(shard.entryKinds().keySet()));
        assertEquals(
            List.of(new DefinitionAudit(392, "JPY", 0), new DefinitionAudit(840, "US-DOLLAR", 3)),
            shard.definitions());
        assertEquals(3, shard.pendingCount());
        final LedgerAudit ledger = shard.ledgers().get(0);
        assertEquals(15, ledger.debitsPending().intValueExact());
        assertEquals(15, ledger.creditsPending().intValueExact());
        assertEquals(78, ledger.debitsPosted().intValueExact());
        assertEquals(35, ledger.lastLedgerSequence(), "all but the first two definitions and the repeated post");
    }

    @Test
    void shouldShowEveryKindOfEntry()
    {
        TwoPhaseBooks.write(directory);
        final List<String> lines = new ArrayList<>();
        new JournalEntries(directory).read(0, 0, (buffer, offset, length) ->
        {
            lines.add(EntryText.line(buffer, offset));
            return true;
        });
        assertEquals(40, lines.size());
        assertEquals(
            "sequence=15 ledger_sequence=13 1970-01-01T00:00:00.000000019Z extended_transfer created id=111 " +
            "amount=340282366920938463463374607431768211455 pending_id=101 flags=post_pending_transfer " +
            "amount_moved=20 pending_sequence=10 resolved_debit_account_id=1 resolved_credit_account_id=3 " +
            "resolved_ledger=840 resolved_code=1 batch=2/7", lines.get(15));
        assertEquals(
            "sequence=16 ledger_sequence=14 1970-01-01T00:00:00.000000020Z extended_transfer " +
            "pending_transfer_already_posted id=112 amount=0 pending_id=101 flags=void_pending_transfer " +
            "pending_sequence=10 resolved_ledger=840 batch=3/7", lines.get(16));
        assertEquals(
            "sequence=21 ledger_sequence=17 1970-01-01T00:00:00.000000026Z extended_transfer linked_event_failed " +
            "id=120 amount=3 pending_id=100 flags=linked|post_pending_transfer pending_sequence=9 " +
            "resolved_ledger=840 batch=1/3", lines.get(21), "numbered in the ledger of the pending transfer");
        assertEquals(
            "sequence=28 ledger_sequence=24 1970-01-01T00:00:10.000000035Z expiry pending_id=103 " +
            "pending_sequence=12 debit_account_id=5 credit_account_id=6 amount=0 ledger=840 code=1 " +
            "reopened=debit_account|credit_account", lines.get(28));
        assertEquals(
            "sequence=39 ledger_sequence=35 1970-01-01T00:00:10.000000052Z ledger_definition created ledger=840 " +
            "scale=3 asset_code=US-DOLLAR", lines.get(39));
    }

    @ParameterizedTest
    @CsvSource({ "1, 1", "1, 2", "1, 3", "1, 4", "3, 5", "3, 6", "3, 7", "3, 8" })
    void shouldFindNothingInBooksWrittenAtRandom(final int shardCount, final long seed)
    {
        DrawnBooks.write(directory, shardCount, seed, 300);
        final AuditReport report = new AuditReplay(directory).run();
        assertTrue(report.isClean(), () -> "seed=" + seed + ": " + report);
        final ShardAudit shard = report.shards().get(0);
        for (final String kind : List.of("ledger_definition", "transfer", "extended_transfer", "expiry"))
        {
            assertTrue(shard.entryKinds().get(kind) > 10, () -> "seed=" + seed + ": " + shard.entryKinds());
        }
        for (final String outcome : List.of(
            "created", "exists", "linked_event_failed", "pending_transfer_already_posted",
            "pending_transfer_already_voided", "pending_transfer_expired", "pending_transfer_not_pending"))
        {
            assertTrue(shard.transferOutcomes().containsKey(outcome), () -> outcome + ", seed=" + seed + ": " + shard);
        }
    }
}
