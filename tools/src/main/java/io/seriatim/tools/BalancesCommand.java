package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.LedgerAudit;
import io.seriatim.replay.ShardAudit;
import io.seriatim.tools.RecordOutput.Field;
import io.seriatim.tools.RecordOutput.Format;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.agrona.ExpandableArrayBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Shows what every account came to.
 */
@Command(
    name = "balances",
    description = "Replay the journals and show every account: what was debited, what was credited, and the balance, " +
        "which is credits less debits. Reads only, beside a running engine too: then up to what is committed.",
    footer = "%nExample: all accounts of one ledger as CSV%n" +
        "  seriatim balances --data books --ledger 840 --format csv")
final class BalancesCommand implements Callable<Integer>
{
    private static final int ROW_LENGTH = AccountRecordDecoder.ENCODED_LENGTH;

    private static final Field[] FIELDS = {
        Field.text("id"), Field.number("ledger"), Field.number("code"), Field.text("flags"),
        Field.number("debits_posted"), Field.number("credits_posted"), Field.number("balance")};

    private static final Field[] FIELDS_WITH_PENDING = {
        FIELDS[0], FIELDS[1], FIELDS[2], FIELDS[3], FIELDS[4], FIELDS[5], FIELDS[6],
        Field.number("debits_pending"), Field.number("credits_pending")};

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(names = "--ledger", paramLabel = "N", description = "Only the accounts of this ledger.")
    private Long ledger;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "table, csv or json. Default: ${DEFAULT-VALUE}")
    private Format format;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    /** By shard and ledger the rows in the order of creation. */
    private final Map<Integer, Map<Long, Rows>> shards = new TreeMap<>();
    private boolean isPendingShown;

    /** The accounts of a ledger, 128 bytes each. */
    private static final class Rows
    {
        private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(ROW_LENGTH);
        private int count;
    }

    @Override
    public Integer call()
    {
        if (ledger != null && (ledger < 1 || ledger > 0xFFFF_FFFFL))
        {
            throw new ParameterException(
                spec.commandLine(), "a ledger is a number from 1 to 4294967295: ledger=" + ledger);
        }
        final AuditReplay replay = new AuditReplay(DataDirectory.require(directory));
        final AuditReport report;
        try (Progress progress = new Progress(
            "balances", " entries", replay.entryCountExpected(), Progress.Mode.of(isProgressWanted),
            spec.commandLine().getErr(), System::nanoTime))
        {
            report = replay.progress(progress::advanceTo).stateHandler(this::keep).run();
        }
        // No balance is better than a wrong one.
        final ExitCode exitCode = VerifyCommand.exitCode(report);
        if (exitCode != ExitCode.DONE)
        {
            throw new ToolException(
                exitCode,
                "the balances are not shown: " + (report.isDamaged() ? "a journal is damaged" :
                "the journal differs from its replay in " + report.differenceCount() + " places") +
                "; `seriatim verify --data " + directory + "` shows where");
        }
        print();
        if (format == Format.TABLE)
        {
            report.shards().forEach(this::summarise);
        }
        report.journals().stream().filter((journal) -> journal.tailLength() > 0).forEach((journal) ->
            spec.commandLine().getErr().println(
                "unacknowledged tail: " + journal.tailLength() + " bytes of journal " + journal.journal() +
                " from position " + journal.position() + " on do not count; nobody was told of what they hold"));
        return ExitCode.DONE.code();
    }

    private void keep(final ShardAudit audit, final LedgerStateMachine stateMachine)
    {
        if (stateMachine == null)
        {
            return;
        }
        final ExpandableArrayBuffer row = new ExpandableArrayBuffer(ROW_LENGTH);
        final AccountRecordDecoder account = new AccountRecordDecoder();
        final Map<Long, Rows> ledgers = new TreeMap<>();
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, row, 0);
            account.wrap(row, 0);
            if (ledger == null || ledger == account.ledger())
            {
                final Rows rows = ledgers.computeIfAbsent(account.ledger(), (number) -> new Rows());
                rows.bytes.putBytes(rows.count++ * ROW_LENGTH, row, 0, ROW_LENGTH);
                isPendingShown |= (account.debitsPendingHigh() | account.debitsPendingLow() |
                    account.creditsPendingHigh() | account.creditsPendingLow()) != 0;
            }
        }
        shards.put(audit.shard(), ledgers);
    }

    private void print()
    {
        // Programs get the same columns always; people only those that say something.
        final boolean isPending = isPendingShown || format != Format.TABLE;
        final AccountRecordDecoder account = new AccountRecordDecoder();
        try (RecordOutput output = new RecordOutput(
            format, spec.commandLine().getOut(), isPending ? FIELDS_WITH_PENDING : FIELDS))
        {
            for (final Map<Long, Rows> ledgers : shards.values())
            {
                for (final Rows rows : ledgers.values())
                {
                    for (int i = 0; i < rows.count; i++)
                    {
                        output.record(record(account.wrap(rows.bytes, i * ROW_LENGTH), isPending));
                    }
                }
            }
        }
    }

    private static Object[] record(final AccountRecordDecoder account, final boolean isPending)
    {
        final BigInteger debits = new Uint128(account.debitsPostedHigh(), account.debitsPostedLow()).toBigInteger();
        final BigInteger credits = new Uint128(account.creditsPostedHigh(), account.creditsPostedLow()).toBigInteger();
        final Object[] values = new Object[isPending ? FIELDS_WITH_PENDING.length : FIELDS.length];
        int i = 0;
        values[i++] = new Uint128(account.idHigh(), account.idLow()).toString();
        // A small number stays a number in JSON, as it does in the other commands.
        values[i++] = BigInteger.valueOf(account.ledger());
        values[i++] = account.code();
        values[i++] = AccountFlags.format(account.flags());
        values[i++] = debits.toString();
        values[i++] = credits.toString();
        values[i++] = credits.subtract(debits).toString();
        if (isPending)
        {
            values[i++] = new Uint128(account.debitsPendingHigh(), account.debitsPendingLow()).toString();
            values[i] = new Uint128(account.creditsPendingHigh(), account.creditsPendingLow()).toString();
        }
        return values;
    }

    private void summarise(final ShardAudit shard)
    {
        final PrintWriter out = spec.commandLine().getOut();
        for (final LedgerAudit audit : shard.ledgers())
        {
            if (ledger == null || ledger == audit.ledger())
            {
                out.println(
                    "ledger " + audit.ledger() + ": accounts=" + audit.accountCount() + " debits_posted=" +
                    audit.debitsPosted() + " credits_posted=" + audit.creditsPosted() +
                    (audit.debitsPending().signum() == 0 ? "" : " debits_pending=" + audit.debitsPending() +
                    " credits_pending=" + audit.creditsPending()));
            }
        }
        out.println(
            "shard " + shard.shard() + " as of sequence " + shard.lastSequence() +
            (shard.lastTimestampNs() == 0 ? "" : ", " + EntryText.time(shard.lastTimestampNs())));
        out.flush();
    }
}
