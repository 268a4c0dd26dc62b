package io.seriatim.tools;

import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.AuditSample;
import io.seriatim.sealing.Prover;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What auditors ask for.
 */
@Command(
    name = "audit",
    synopsisSubcommandLabel = "COMMAND",
    description = "What auditors ask for.",
    subcommands = AuditCommand.Sample.class,
    footer = {
        "%nExample:",
        "  seriatim audit sample --data books --size 60 --checkpoint checkpoint --out sample"})
final class AuditCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "no command was given: sample");
    }

    /** A sample that nobody can choose. */
    @Command(
        name = "sample",
        sortOptions = false,
        description = "Draw entries that neither the auditor nor the operator can have chosen, as they follow from a " +
            "checkpoint's root, and write a receipt of each. Place i is the first 8 bytes, big-endian, of " +
            "SHA-256('seriatim-sample' || root || i as 8 bytes big-endian) modulo the size; what came before is " +
            "skipped. So anybody can tell which ones they are.",
        footer = {
            "%nExample:",
            "  seriatim audit sample --data books --size 60 --checkpoint checkpoint --out sample"})
    static final class Sample implements Callable<Integer>
    {
        @Spec
        private CommandSpec spec;

        @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
        private Path directory;

        @ArgGroup
        private ShardSelection selection = new ShardSelection();

        @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "60",
            description = "How many entries are drawn. Default: ${DEFAULT-VALUE}")
        private int count;

        @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "The checkpoint that the sample follows from. Default: the newest one")
        private Path checkpointFile;

        @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Directory of the receipts; it is made if it is not there.")
        private Path out;

        @Override
        public Integer call() throws IOException
        {
            if (count < 1)
            {
                throw new ParameterException(spec.commandLine(), "a sample has at least one entry: size=" + count);
            }
            final int shard = selection.shardOf(spec, new JournalEntries(DataDirectory.require(directory)));
            Files.createDirectories(out);
            final PrintWriter writer = spec.commandLine().getOut();
            try (Prover prover = checkpointFile == null ? new Prover(directory, shard) :
                new Prover(directory, shard, SignedNote.parse(Files.readAllBytes(checkpointFile))))
            {
                final List<Long> places = AuditSample.of(prover.head(), count);
                for (final long place : places)
                {
                    final Receipt receipt = prover.receipt(place);
                    OutputFile.write(out.resolve(place + ".tlog-proof"), receipt.toBytes());
                    writer.println(EntryText.line(new UnsafeBuffer(receipt.entry()), 0));
                }
                writer.println(places.size() + " receipts in " + out + ", under " + prover.head());
            }
            writer.flush();
            return ExitCode.DONE.code();
        }
    }
}
