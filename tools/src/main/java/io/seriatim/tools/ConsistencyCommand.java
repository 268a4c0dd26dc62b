package io.seriatim.tools;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.Prover;
import io.seriatim.sealing.SignedCheckpoints;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Proves that a log was only appended to.
 */
@Command(
    name = "consistency",
    sortOptions = false,
    description = "Write the proof that the tree of an older checkpoint is the beginning of a newer one's: history " +
        "was only appended to. It is the body of a request to a witness (C2SP tlog-witness), with the newer " +
        "checkpoint in it, and is checked by `check --old`.",
    footer = {
        "%nExample:",
        "  seriatim consistency --data books --from 1000 --out 1000.consistency"})
final class ConsistencyCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(names = "--from", paramLabel = "SIZE", required = true, description = "Size of the older tree.")
    private long from;

    @Option(
        names = "--to",
        paramLabel = "SIZE",
        description = "Size of the newer one, of which there is a checkpoint. Default: the newest")
    private Long to;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the proof goes. Default: standard output")
    private Path file;

    @Override
    public Integer call()
    {
        final int shard = selection.shardOf(spec, new JournalEntries(DataDirectory.require(directory)));
        try (Prover prover = to == null ? new Prover(directory, shard) : new Prover(directory, shard, newer(shard)))
        {
            final CheckpointRequest proof = prover.consistency(from);
            if (file != null)
            {
                OutputFile.write(file, proof.toBytes());
            }
            else
            {
                spec.commandLine().getOut().print(proof);
                spec.commandLine().getOut().flush();
            }
            spec.commandLine().getErr().println("from size " + from + " to " + prover.head());
        }
        return ExitCode.DONE.code();
    }

    private SignedNote newer(final int shard)
    {
        final List<SignedNote> all = new SignedCheckpoints(directory, shard).all();
        return all.stream().filter(note -> Checkpoint.parse(note.text()).size() == to).findFirst()
            .orElseThrow(() -> new ToolException(
                ExitCode.BAD_INPUT, "no checkpoint of this size was signed: size=" + to + "; the " + all.size() +
                " that were have sizes " + all.stream().map(note -> Checkpoint.parse(note.text()).size()).limit(20)
                .toList() + (all.size() > 20 ? " and more" : "")));
    }
}
