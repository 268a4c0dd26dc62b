package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.Movement;
import io.seriatim.tools.RecordOutput.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Shows what happened to an account.
 */
@Command(
    name = "statement",
    sortOptions = false,
    description = "Show what happened to an account between two moments: opening balance, every movement with its " +
        "sequence, by which a receipt of it can be asked for, and closing balance. Balances are credits less debits. " +
        "Reads only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim statement --data books --account 576 --from 1995-01-01 --to 1995-12-31",
        "  seriatim statement --data books --account 576 --html statement.html",
        "  seriatim statement --data books --account 576 --from 2026-01-01 --to 2026-03-31 --pdf quarter.pdf"})
final class StatementCommand implements Callable<Integer>
{
    /** Sequence, time, what. */
    private static final int LEFT_COLUMN_COUNT = 3;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BooksOptions books;

    @Option(names = "--account", paramLabel = "ID", required = true, description = "The account.")
    private String accountId;

    @Option(
        names = "--from",
        paramLabel = "MOMENT",
        description = "The first moment, which belongs to the statement with all of its day: " + PlaceInOrder.FORMS +
            ". Default: the beginning")
    private String from;

    @Option(
        names = "--to",
        paramLabel = "MOMENT",
        description = "The last one, in the same form, which belongs to it too. Default: the end")
    private String to;

    @Option(
        names = "--html",
        paramLabel = "FILE",
        description = "Write a page to be looked at or printed instead of a table.")
    private Path htmlFile;

    @Option(
        names = "--pdf",
        paramLabel = "FILE",
        description = "Write numbered pages to be printed, A4, instead of a table; with --html, both.")
    private Path pdfFile;

    private final List<Line> lines = new ArrayList<>();
    private BigInteger opening = BigInteger.ZERO;

    /** A movement, and what the account held after it. */
    private record Line(Movement movement, boolean isDebit, BigInteger balance)
    {
        BigInteger debit()
        {
            return isDebit ? movement.posted() : BigInteger.ZERO;
        }

        BigInteger credit()
        {
            return isDebit ? BigInteger.ZERO : movement.posted();
        }

        Uint128 counterparty()
        {
            return isDebit ? movement.creditAccountId() : movement.debitAccountId();
        }
    }

    @Override
    public Integer call() throws IOException
    {
        final Uint128 id = AsOfCommand.idOf(spec, accountId);
        final PlaceInOrder before = from == null ? PlaceInOrder.BEGINNING :
            BooksOptions.place(spec, "--from", from).justBefore();
        final PlaceInOrder last = to == null ? PlaceInOrder.END : BooksOptions.place(spec, "--to", to);
        BooksOptions.requireOrder(spec, before, last);
        if (books.format() != RecordOutput.Format.TABLE && (htmlFile != null || pdfFile != null))
        {
            throw new ParameterException(
                spec.commandLine(), "--html and --pdf have forms of their own: --format is for what is printed");
        }
        final BooksReader reader = books.reader(spec);
        final List<BookAccount> found = new ArrayList<>();
        for (final int shard : books.shards(spec, reader, before.isSequence() && from != null || last.isSequence()))
        {
            final BooksWalk walk = reader.walk(
                shard, last, (movement, debit, credit) -> take(id, before, movement, debit, credit));
            if (walk.account(id) != null)
            {
                found.add(walk.account(id));
            }
        }
        if (found.size() != 1)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, found.isEmpty() ? "there is no such account until " + last + ": account=" + id :
                "there are " + found.size() + " accounts with this id, each on a shard of its own: say --ledger");
        }
        final BookAccount account = found.get(0);
        if (htmlFile != null)
        {
            final HtmlPage page = new HtmlPage(title(account));
            fill(page, reader, account);
            OutputFile.write(htmlFile, page.toString().getBytes(StandardCharsets.UTF_8));
        }
        if (pdfFile != null)
        {
            final PdfPages pages = new PdfPages(title(account), LEFT_COLUMN_COUNT);
            fill(pages, reader, account);
            OutputFile.write(pdfFile, pages.toBytes());
        }
        if (htmlFile == null && pdfFile == null)
        {
            print(reader, account);
        }
        return ExitCode.DONE.code();
    }

    private void take(
        final Uint128 id,
        final PlaceInOrder before,
        final Movement movement,
        final BookAccount debit,
        final BookAccount credit)
    {
        final boolean isDebit = debit.id().equals(id);
        if (!isDebit && !credit.id().equals(id))
        {
            return;
        }
        final BookAccount account = isDebit ? debit : credit;
        if (movement.sequence() <= before.sequence() && movement.timestampNs() <= before.timestampNs())
        {
            opening = account.balance();
        }
        else
        {
            lines.add(new Line(movement, isDebit, account.balance()));
        }
    }

    private void print(final BooksReader reader, final BookAccount account)
    {
        try (RecordOutput output = new RecordOutput(
            books.format(), spec.commandLine().getOut(), Field.number("sequence"), Field.text("time"),
            Field.text("what"), Field.text("transfer_id"), Field.text("counterparty"), Field.number("code"),
            Field.number("debit"), Field.number("credit"), Field.number("pending_change"), Field.number("balance")))
        {
            output.record("", from == null ? "" : from, "opening balance", "", "", "", "", "", "",
                amount(reader, account, opening));
            for (final Line line : lines)
            {
                output.record(cells(reader, account, line));
            }
            output.record("", to == null ? "" : to, "closing balance", "", "", "", "", "", "",
                amount(reader, account, account.balance()));
        }
        spec.commandLine().getOut().flush();
    }

    private Object[] cells(final BooksReader reader, final BookAccount account, final Line line)
    {
        final Movement movement = line.movement();
        return new Object[] {
            Long.toString(movement.sequence()), EntryText.time(movement.timestampNs()),
            movement.kind().name().toLowerCase(Locale.ROOT), movement.transferId().toString(),
            line.counterparty().toString(), Integer.toString(movement.code()),
            orEmpty(reader, account, line.debit()), orEmpty(reader, account, line.credit()),
            orEmpty(reader, account, movement.pending()), amount(reader, account, line.balance())};
    }

    private String orEmpty(final BooksReader reader, final BookAccount account, final BigInteger amount)
    {
        return amount.signum() == 0 ? "" : amount(reader, account, amount);
    }

    private String amount(final BooksReader reader, final BookAccount account, final BigInteger amount)
    {
        return reader.amount(amount, account.ledger(), books.isRaw());
    }

    private static String title(final BookAccount account)
    {
        return "Statement of account " + account.id();
    }

    private void fill(final StatementPage page, final BooksReader reader, final BookAccount account)
    {
        final String opened = amount(reader, account, opening);
        final String closed = amount(reader, account, account.balance());
        final Genesis genesis = reader.entries().genesis(0);
        final int shard = genesis.router().shardOf(account.ledger());
        page.fact("Log", reader.entries().genesis(shard).origin());
        page.fact("Account", account.id().toString());
        page.fact("Ledger", Integer.toUnsignedString(account.ledger()));
        page.fact("Asset", reader.asset(account.ledger()));
        page.fact("From", from == null ? "the beginning" : from);
        page.fact("To", to == null ? "the end" : to);
        page.fact("Opening balance", opened);
        page.fact("Closing balance", closed);
        page.fact("Movements", Integer.toString(lines.size()));
        page.table(List.of(
            "Sequence", "Time", "What", "Transfer", "Counterparty", "Code", "Debit", "Credit", "Pending", "Balance"));
        page.row("", "", "opening balance", "", "", "", "", "", "", opened);
        lines.forEach(line -> page.row(cells(reader, account, line)));
        page.row("", "", "closing balance", "", "", "", "", "", "", closed);
    }
}
