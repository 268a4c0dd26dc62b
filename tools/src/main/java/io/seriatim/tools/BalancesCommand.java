package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.LedgerAudit;
import io.seriatim.replay.ShardAudit;
import io.seriatim.tools.RecordOutput.Field;
import io.seriatim.tools.RecordOutput.Format;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
    description = "Replay the journals and show every account: what was debited, what was credited, the balance, " +
        "which is credits less debits, and what is pending. Amounts have the decimals of their ledger's definition, " +
        "if there is one. Reads only, beside a running engine too: then up to what is committed.",
    footer = {
        "%nExample: all accounts of one ledger as CSV, amounts as whole numbers",
        "  seriatim balances --data books --ledger 840 --format csv --raw",
        "%nExample: are the balances what they should be?",
        "  seriatim balances --data books --expect expected_balances.csv" })
final class BalancesCommand implements Callable<Integer>
{
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
        names = "--raw",
        description = "Amounts as the ledger counts them: whole numbers of its smallest unit, whatever its definition.")
    private boolean isRaw;

    @Option(
        names = "--expect",
        paramLabel = "E.csv[.gz]",
        description = "Show no accounts but compare them: account_id, debits_posted, credits_posted and, if wanted, " +
            "ledger, credit_balance, debits_pending and credits_pending, all as whole numbers.")
    private Path expectations;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    private ReplayedBalances balances;
    private boolean isPendingShown;
    private boolean isAssetShown;

    @Override
    public Integer call()
    {
        if (ledger != null && (ledger < 1 || ledger > 0xFFFF_FFFFL))
        {
            throw new ParameterException(
                spec.commandLine(), "a ledger is a number from 1 to 4294967295: ledger=" + ledger);
        }
        if (ledger != null && expectations != null)
        {
            throw new ParameterException(
                spec.commandLine(), "--expect compares the accounts of all ledgers: leave --ledger out");
        }
        final AuditReplay replay = new AuditReplay(DataDirectory.require(directory));
        if (expectations == null)
        {
            show(replay(replay));
            return ExitCode.DONE.code();
        }
        // The file comes first, so that a wrong name is told at once.
        try (BalanceRows rows = new BalanceRows(expectations))
        {
            replay(replay);
            final boolean isEqual = ImportJob.compare(balances, rows, spec.commandLine().getOut());
            return (isEqual ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
        }
    }

    private AuditReport replay(final AuditReplay replay)
    {
        balances = new ReplayedBalances(ledger);
        final AuditReport report;
        try (Progress progress = new Progress(
            "balances", " entries", replay.entryCountExpected(), Progress.Mode.of(isProgressWanted),
            spec.commandLine().getErr(), System::nanoTime))
        {
            report = replay.progress(progress::advanceTo).stateHandler(balances::keep).run();
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
        report.journals().stream().filter((journal) -> journal.tailLength() > 0).forEach((journal) ->
            spec.commandLine().getErr().println(
                "unacknowledged tail: " + journal.tailLength() + " bytes of journal " + journal.journal() +
                " from position " + journal.position() + " on do not count; nobody was told of what they hold"));
        return report;
    }

    private void show(final AuditReport report)
    {
        // Programs get the same columns always; people only those that say something.
        isPendingShown = format != Format.TABLE || balances.isPending();
        isAssetShown = format != Format.TABLE || balances.isDefined();
        final AccountRecordDecoder account = new AccountRecordDecoder();
        try (RecordOutput output = new RecordOutput(format, spec.commandLine().getOut(), fields()))
        {
            for (final Map<Long, ReplayedBalances.Rows> ledgers : balances.shards())
            {
                ledgers.forEach((number, rows) ->
                {
                    final DefinitionAudit definition = balances.definition(number);
                    for (int i = 0; i < rows.count(); i++)
                    {
                        account.wrap(rows.bytes(), ReplayedBalances.Rows.offset(i));
                        output.record(record(account, definition));
                    }
                });
            }
        }
        if (format == Format.TABLE)
        {
            report.shards().forEach(this::summarise);
        }
    }

    private Field[] fields()
    {
        final List<Field> fields = new ArrayList<>(List.of(
            Field.text("id"), Field.number("ledger"), Field.number("code"), Field.text("flags"),
            Field.number("debits_posted"), Field.number("credits_posted"), Field.number("balance")));
        if (isPendingShown)
        {
            fields.add(Field.number("debits_pending"));
            fields.add(Field.number("credits_pending"));
        }
        if (isAssetShown)
        {
            fields.add(Field.text("asset_code"));
        }
        return fields.toArray(new Field[0]);
    }

    private Object[] record(final AccountRecordDecoder account, final DefinitionAudit definition)
    {
        final BigInteger debits = new Uint128(account.debitsPostedHigh(), account.debitsPostedLow()).toBigInteger();
        final BigInteger credits = new Uint128(account.creditsPostedHigh(), account.creditsPostedLow()).toBigInteger();
        final List<Object> values = new ArrayList<>();
        values.add(new Uint128(account.idHigh(), account.idLow()).toString());
        // A small number stays a number in JSON, as it does in the other commands.
        values.add(BigInteger.valueOf(account.ledger()));
        values.add(account.code());
        values.add(AccountFlags.format(account.flags()));
        values.add(amount(debits, definition));
        values.add(amount(credits, definition));
        values.add(amount(credits.subtract(debits), definition));
        if (isPendingShown)
        {
            values.add(amount(
                new Uint128(account.debitsPendingHigh(), account.debitsPendingLow()).toBigInteger(), definition));
            values.add(amount(
                new Uint128(account.creditsPendingHigh(), account.creditsPendingLow()).toBigInteger(), definition));
        }
        if (isAssetShown)
        {
            values.add(definition == null ? "" : definition.assetCode());
        }
        return values.toArray();
    }

    private String amount(final BigInteger amount, final DefinitionAudit definition)
    {
        return isRaw || definition == null ? amount.toString() :
            new BigDecimal(amount, definition.scale()).toPlainString();
    }

    private void summarise(final ShardAudit shard)
    {
        final PrintWriter out = spec.commandLine().getOut();
        for (final LedgerAudit audit : shard.ledgers())
        {
            if (ledger == null || ledger == audit.ledger())
            {
                final DefinitionAudit definition = balances.definition(audit.ledger());
                out.println(
                    "ledger " + audit.ledger() + (definition == null ? "" : " (" + definition.assetCode() + ")") +
                    ": accounts=" + audit.accountCount() +
                    " debits_posted=" + amount(audit.debitsPosted(), definition) +
                    " credits_posted=" + amount(audit.creditsPosted(), definition) +
                    " debits_pending=" + amount(audit.debitsPending(), definition) +
                    " credits_pending=" + amount(audit.creditsPending(), definition));
            }
        }
        out.println(
            "shard " + shard.shard() + " as of sequence " + shard.lastSequence() +
            (shard.lastTimestampNs() == 0 ? "" : ", " + EntryText.time(shard.lastTimestampNs())));
        out.flush();
    }
}
