package io.seriatim.tools;

import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.KeyFile;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.LogKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes and shows the keys that checkpoints are signed with.
 */
@Command(
    name = "key",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    description = "Make, show and replace the keys that checkpoints are signed with. A key is a file that only its " +
        "owner may read; it lies outside of the data directory, and beside it, in FILE.signed, what it has signed " +
        "last.",
    footer = {
        "%nExamples:",
        "  seriatim key generate --data books --out books.key",
        "  seriatim key show books.key --data books",
        "  seriatim key rotate books.key --out books-2.key",
        "  seriatim key state-root --out roots.key"})
final class KeyCommand implements Runnable
{
    /** Added to the name of the key file: what tells others which key comes after which. */
    static final String ROTATION = ".rotation";

    @Spec
    private CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "no command was given: generate, show, rotate or state-root");
    }

    @Command(
        name = "generate",
        sortOptions = false,
        description = "Make a key and print what others verify with: a line for each shard.")
    void generate(
        @Option(names = "--out", paramLabel = "FILE", required = true, description = "File that is not there.")
        final Path file,
        @Option(
            names = "--data", paramLabel = "DIR",
            description = "Books that the key is for; their origin becomes its name.")
        final Path directory,
        @Option(
            names = "--name", paramLabel = "NAME",
            description = "Instead of --data: the origin of the log, without the number of the shard; or the name of " +
                "a witness.")
        final String name,
        @Option(names = "--witness", description = "A key that cosigns checkpoints of others.")
        final boolean isWitness)
    {
        if (directory == null == (name == null))
        {
            throw new ParameterException(spec.commandLine(), "either --data or --name is needed, and not both");
        }
        final NoteSigner key = NoteSigner.generate(
            name != null ? name : originOf(DataDirectory.require(directory)),
            isWitness ? VerifierKey.WITNESS : VerifierKey.LOG);
        LogKeys.write(file, key);
        print(key, directory);
    }

    @Command(
        name = "show",
        sortOptions = false,
        description = "Print what others verify with: with --data a line for each shard, else the key by its own name.")
    void show(
        @Parameters(paramLabel = "FILE", description = "Key file.")
        final Path file,
        @Option(names = "--data", paramLabel = "DIR", description = "Books that the key is for.")
        final Path directory)
    {
        print(LogKeys.read(file), directory == null ? null : DataDirectory.require(directory));
    }

    @Command(
        name = "rotate",
        sortOptions = false,
        description = "Make the key that comes after another one, and beside it, in FILE.rotation, a note that both " +
            "have signed, for those who trust the old one. Seal with both for as long as they need, then with the " +
            "new one alone. Prints what others verify with from then on.")
    void rotate(
        @Parameters(paramLabel = "FILE", description = "Key file of the old key.")
        final Path oldFile,
        @Option(names = "--out", paramLabel = "FILE", required = true, description = "File that is not there.")
        final Path newFile,
        @Option(names = "--data", paramLabel = "DIR", description = "Books that the keys are for.")
        final Path directory)
    {
        final NoteSigner oldKey = LogKeys.read(oldFile);
        final NoteSigner newKey = NoteSigner.generate(oldKey.verifierKey().name(), oldKey.verifierKey().type());
        LogKeys.write(newFile, newKey);
        final String text = "seriatim key rotation\nold " + oldKey.verifierKey() + "\nnew " + newKey.verifierKey() +
            "\n";
        final long now = System.currentTimeMillis() / 1_000;
        OutputFile.write(
            newFile.resolveSibling(newFile.getFileName() + ROTATION),
            new SignedNote(text, List.of(oldKey.sign(text, now), newKey.sign(text, now))).toBytes());
        print(newKey, directory == null ? null : DataDirectory.require(directory));
    }

    @Command(
        name = "state-root",
        sortOptions = false,
        description = "Make a key for state roots. It is a secret, and is needed for as long as the books are: every " +
            "launch makes state roots with it.")
    void stateRoot(
        @Option(names = "--out", paramLabel = "FILE", required = true, description = "File that is not there.")
        final Path file)
    {
        try
        {
            KeyFile.write(file, StateRootConfig.newKey().toText());
        }
        catch (final IOException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage(), ex);
        }
        spec.commandLine().getErr().println("made " + file);
    }

    private static String originOf(final Path directory)
    {
        final String origin = new JournalEntries(directory).genesis(0).origin();
        return origin.substring(0, origin.lastIndexOf('/'));
    }

    private void print(final NoteSigner key, final Path directory)
    {
        final PrintWriter out = spec.commandLine().getOut();
        keysOf(key, directory).forEach(out::println);
        out.flush();
    }

    private static List<VerifierKey> keysOf(final NoteSigner key, final Path directory)
    {
        final List<VerifierKey> keys = new ArrayList<>();
        if (directory == null || key.verifierKey().type() == VerifierKey.WITNESS)
        {
            keys.add(key.verifierKey());
            return keys;
        }
        final JournalEntries entries = new JournalEntries(directory);
        for (int shard = 0; shard < entries.shardCount(); shard++)
        {
            keys.add(key.verifierKey().named(entries.genesis(shard).origin()));
        }
        return keys;
    }
}
