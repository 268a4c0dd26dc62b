package io.seriatim.tools;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.tools.RecordOutput.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Shows what accounts held at a moment of the past.
 */
@Command(
    name = "as-of",
    sortOptions = false,
    description = "Show what accounts held at a moment of the past, by what the entries until then say that they " +
        "did. A sequence is a place in the order; a time counts everything that happened until then, imported " +
        "bookings by the time that they were given. Reads only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim as-of --data books --at 5000",
        "  seriatim as-of --data books --at 1995-06-30 --ledger 203 --format csv",
        "  seriatim as-of --data books --at 2026-11-28T12:00:00Z --account 101 --account 102"})
final class AsOfCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Mixin
    private BooksOptions books;

    @Option(names = "--at", paramLabel = "MOMENT", required = true, description = "The moment: " + PlaceInOrder.FORMS)
    private String at;

    @Option(names = "--account", paramLabel = "ID", description = "Only this account. May be given again.")
    private List<String> accountIds = List.of();

    @Override
    public Integer call()
    {
        final PlaceInOrder place = BooksOptions.place(spec, "--at", at);
        final Set<Uint128> wanted = new HashSet<>();
        accountIds.forEach(id -> wanted.add(idOf(spec, id)));
        final BooksReader reader = books.reader(spec);
        final List<BookAccount> found = new ArrayList<>();
        for (final int shard : books.shards(spec, reader, place.isSequence()))
        {
            final BooksWalk walk = reader.walk(shard, place, (movement, debit, credit) -> {});
            if (place.isSequence() && walk.sequence() < place.sequence())
            {
                throw new ToolException(
                    ExitCode.BAD_INPUT, "the order of shard " + shard + " has not come so far: at=" +
                    place.sequence() + ", last sequence=" + walk.sequence());
            }
            walk.accounts().stream()
                .filter(account -> wanted.isEmpty() || wanted.contains(account.id()))
                .filter(account -> books.ledger() == null ||
                    Integer.toUnsignedLong(account.ledger()) == books.ledger())
                .forEach(found::add);
        }
        found.forEach(account -> wanted.remove(account.id()));
        if (!wanted.isEmpty() && !accountIds.isEmpty())
        {
            throw new ToolException(ExitCode.BAD_INPUT, "there was no such account at " + place + ": " + wanted);
        }
        show(reader, found);
        return ExitCode.DONE.code();
    }

    static Uint128 idOf(final CommandSpec spec, final String text)
    {
        try
        {
            return Uint128.parse(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private void show(final BooksReader reader, final List<BookAccount> accounts)
    {
        try (RecordOutput output = new RecordOutput(
            books.format(), spec.commandLine().getOut(), Field.text("id"), Field.number("ledger"),
            Field.number("code"), Field.text("flags"), Field.number("debits_posted"), Field.number("credits_posted"),
            Field.number("balance"), Field.number("debits_pending"), Field.number("credits_pending"),
            Field.text("asset")))
        {
            for (final BookAccount account : accounts)
            {
                output.record(
                    account.id().toString(), Integer.toUnsignedString(account.ledger()), account.code(),
                    AccountFlags.format(account.flags()),
                    reader.amount(account.debitsPosted(), account.ledger(), books.isRaw()),
                    reader.amount(account.creditsPosted(), account.ledger(), books.isRaw()),
                    reader.amount(account.balance(), account.ledger(), books.isRaw()),
                    reader.amount(account.debitsPending(), account.ledger(), books.isRaw()),
                    reader.amount(account.creditsPending(), account.ledger(), books.isRaw()),
                    reader.asset(account.ledger()));
            }
        }
        spec.commandLine().getOut().flush();
    }
}
