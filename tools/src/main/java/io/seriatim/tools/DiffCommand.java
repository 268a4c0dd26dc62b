package io.seriatim.tools;

import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.tools.RecordOutput.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Shows what changed between two moments.
 */
@Command(
    name = "diff",
    sortOptions = false,
    description = "Show the accounts that changed between two moments of the past: balances before and after, by how " +
        "much, and how many movements did it; pending amounts likewise. Reads only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim diff --data books --from 5000 --to 6000",
        "  seriatim diff --data books --from 1995-06-30 --to 1995-07-31 --ledger 203"})
final class DiffCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Mixin
    private BooksOptions books;

    @Option(
        names = "--from",
        paramLabel = "MOMENT",
        required = true,
        description = "What counts as before, to its end: " + PlaceInOrder.FORMS)
    private String from;

    @Option(
        names = "--to",
        paramLabel = "MOMENT",
        description = "The later moment, in the same form. Default: the end")
    private String to;

    /** What an account was before. */
    private record Before(BigInteger balance, BigInteger debitsPending, BigInteger creditsPending)
    {
        static final Before NOTHING = new Before(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

        static Before of(final BookAccount account)
        {
            return new Before(account.balance(), account.debitsPending(), account.creditsPending());
        }
    }

    @Override
    public Integer call()
    {
        final PlaceInOrder first = BooksOptions.place(spec, "--from", from);
        final PlaceInOrder last = to == null ? PlaceInOrder.END : BooksOptions.place(spec, "--to", to);
        final BooksReader reader = books.reader(spec);
        try (RecordOutput output = new RecordOutput(
            books.format(), spec.commandLine().getOut(), Field.text("id"), Field.number("ledger"),
            Field.number("before"), Field.number("after"), Field.number("change"), Field.number("movements"),
            Field.number("debits_pending_change"), Field.number("credits_pending_change"), Field.text("asset")))
        {
            for (final int shard : books.shards(spec, reader, first.isSequence() || last.isSequence()))
            {
                diff(reader, shard, first, last, output);
            }
        }
        spec.commandLine().getOut().flush();
        return ExitCode.DONE.code();
    }

    private void diff(
        final BooksReader reader,
        final int shard,
        final PlaceInOrder first,
        final PlaceInOrder last,
        final RecordOutput output)
    {
        final Map<Uint128, Before> before = new HashMap<>();
        reader.walk(shard, first, (movement, debit, credit) -> {}).accounts()
            .forEach(account -> before.put(account.id(), Before.of(account)));
        final Map<Uint128, Integer> counts = new HashMap<>();
        final BooksWalk walk = reader.walk(shard, last, (movement, debit, credit) ->
        {
            if (movement.sequence() > first.sequence() || movement.timestampNs() > first.timestampNs())
            {
                counts.merge(debit.id(), 1, Integer::sum);
                counts.merge(credit.id(), 1, Integer::sum);
            }
        });
        for (final BookAccount account : walk.accounts())
        {
            if (counts.containsKey(account.id()) &&
                (books.ledger() == null || Integer.toUnsignedLong(account.ledger()) == books.ledger()))
            {
                record(
                    reader, output, account, before.getOrDefault(account.id(), Before.NOTHING),
                    counts.get(account.id()));
            }
        }
    }

    private void record(
        final BooksReader reader,
        final RecordOutput output,
        final BookAccount account,
        final Before before,
        final int count)
    {
        final int ledger = account.ledger();
        output.record(
            account.id().toString(), Integer.toUnsignedString(ledger),
            reader.amount(before.balance(), ledger, books.isRaw()),
            reader.amount(account.balance(), ledger, books.isRaw()),
            reader.amount(account.balance().subtract(before.balance()), ledger, books.isRaw()), count,
            reader.amount(account.debitsPending().subtract(before.debitsPending()), ledger, books.isRaw()),
            reader.amount(account.creditsPending().subtract(before.creditsPending()), ledger, books.isRaw()),
            reader.asset(ledger));
    }
}
