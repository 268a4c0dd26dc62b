package io.seriatim.verifier;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks a file against keys that its user has from somewhere else.
 * <p>
 * Exit codes: 0 proven; 1 not proven; 2 wrong usage, or a file that can not be read.
 */
public final class VerifierMain
{
    private static final int PROVEN = 0;
    private static final int REFUSED = 1;
    private static final int WRONG_USAGE = 2;

    private static final List<String> KINDS = List.of("receipt", "state", "ledger", "checkpoint", "consistency");

    private static final String USAGE =
        "usage: java -jar seriatim-verifier.jar receipt     FILE KEY...\n" +
        "       java -jar seriatim-verifier.jar state       FILE KEY...\n" +
        "       java -jar seriatim-verifier.jar ledger      FILE KEY...\n" +
        "       java -jar seriatim-verifier.jar checkpoint  FILE KEY...\n" +
        "       java -jar seriatim-verifier.jar consistency FILE OLD-CHECKPOINT KEY...\n" +
        "\n" +
        "A KEY is a verifier key, name+id+base64, or a file with one on each line. Keys of witnesses count as " +
        "well: all\nthat are given have to have signed.\n" +
        "Ends with 0 if it is proven, 1 if it is not, 2 if a file can not be read.";

    private VerifierMain()
    {
    }

    /**
     * Checks one file and ends the process.
     *
     * @param args what is checked, files and keys.
     */
    public static void main(final String[] args)
    {
        System.exit(run(System.out, System.err, args));
    }

    static int run(final PrintStream out, final PrintStream err, final String... args)
    {
        final int files = args.length > 0 && args[0].equals("consistency") ? 2 : 1;
        if (args.length < 2 + files || !KINDS.contains(args[0]))
        {
            err.println(USAGE);
            return WRONG_USAGE;
        }
        try
        {
            final List<Key> keys = keys(List.of(args).subList(1 + files, args.length));
            out.print(check(args, keys));
            return PROVEN;
        }
        catch (final RefusedException ex)
        {
            err.println("NOT PROVEN: " + ex.getMessage());
            return REFUSED;
        }
        catch (final IOException ex)
        {
            err.println("can not be read: " + ex.getMessage());
            return WRONG_USAGE;
        }
    }

    private static String check(final String[] args, final List<Key> keys) throws RefusedException, IOException
    {
        if (args[0].equals("ledger"))
        {
            return ledger(Path.of(args[1]), keys);
        }
        final byte[] file = Files.readAllBytes(Path.of(args[1]));
        switch (args[0])
        {
            case "receipt":
                final Proofs.Proven proven = Proofs.receipt(file, keys);
                requireAll(proven.checkpoint(), keys);
                requirePlace(proven);
                return EntryPrinter.print(proven.entry()) + "PROVEN: entry " + proven.index() + " of " +
                    proven.checkpoint() + "\n";
            case "state":
                final Proofs.ProvenRow row = Proofs.state(file, keys);
                requireAll(row.root().checkpoint(), keys);
                requirePlace(row.root());
                return row.row() + "PROVEN: under the state root at entry " + row.root().index() + " of " +
                    row.root().checkpoint() + "\n";
            case "checkpoint":
                final Checkpoint checkpoint = Checkpoint.of(Lines.text(file), keys);
                requireAll(checkpoint, keys);
                return "PROVEN: " + checkpoint + "\n";
            default:
                final Checkpoint older = Checkpoint.of(Lines.text(Files.readAllBytes(Path.of(args[2]))), keys);
                final Checkpoint newer = Proofs.consistency(file, older, keys);
                requireAll(newer, keys);
                return "PROVEN: only appended to from size " + older.size() + " on, " + newer + "\n";
        }
    }

    /** It may be longer than memory. */
    private static String ledger(final Path file, final List<Key> keys) throws RefusedException, IOException
    {
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8))
        {
            final LedgerFile.Proven proven = new LedgerFile(in).check(keys);
            requireAll(proven.checkpoint(), keys);
            return proven.text() + "PROVEN: these are all of its entries there, " + proven.checkpoint() + "\n";
        }
        catch (final CharacterCodingException ex)
        {
            throw new RefusedException("it is not UTF-8");
        }
    }

    private static void requirePlace(final Proofs.Proven proven) throws RefusedException
    {
        if (EntryPrinter.sequence(proven.entry()) != proven.index())
        {
            throw new RefusedException(
                "the entry says that its place is " + EntryPrinter.sequence(proven.entry()) + ", not " +
                proven.index());
        }
    }

    private static void requireAll(final Checkpoint checkpoint, final List<Key> keys) throws RefusedException
    {
        for (final Key key : keys)
        {
            if (!checkpoint.keys().contains(key))
            {
                throw new RefusedException("not signed by " + key);
            }
        }
    }

    private static List<Key> keys(final List<String> args) throws RefusedException, IOException
    {
        final List<Key> keys = new ArrayList<>();
        for (final String arg : args)
        {
            for (final String line : arg.contains("+") ? List.of(arg) :
                Files.readAllLines(Path.of(arg), StandardCharsets.UTF_8))
            {
                if (!line.isBlank() && !line.startsWith("#"))
                {
                    keys.add(new Key(line.trim()));
                }
            }
        }
        return keys;
    }
}
