package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.StateRootConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes new books.
 */
@Command(
    name = "init",
    description = "Make a directory for new books. What is set here is written into the first entry of each shard " +
        "and can never be changed.",
    footer = "%nExample: two shards on two journals, and dollars on the first shard%n" +
        "  seriatim init --data books --shards 2 --journals 2 --place 840=0")
final class InitCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "Directory of the books; it is made if it is not there.")
    private Path directory;

    @Mixin
    private ShardingOptions sharding;

    @Option(
        names = "--batch-count-max",
        paramLabel = "N",
        description = "Most events of a request. Default: " + EngineConfig.BATCH_COUNT_MAX_DEFAULT)
    private Integer batchCountMax;

    @Option(
        names = "--origin",
        paramLabel = "NAME",
        description = "Name of the log in its checkpoints, of a-z 0-9 . / -, such as example.com/books; the number " +
            "of the shard is added. Default: seriatim/ and the log's uuid")
    private String origin;

    @Option(
        names = "--log-uuid",
        paramLabel = "UUID",
        description = "Identity of the log. Two logs of the same commands have the same roots if they have the same " +
            "identity, name and times. Default: drawn")
    private UUID logUuid;

    @Mixin
    private StateRootOptions stateRoots;

    @Option(
        names = "--state-root-every",
        paramLabel = "N",
        description = "With --state-root-key: the order holds a state root every so many entries. Default: " +
            StateRootConfig.EVERY_DEFAULT)
    private long stateRootEvery;

    @Override
    public Integer call() throws IOException
    {
        final EngineConfig config = new EngineConfig().dataDirectory(directory);
        sharding.apply(config);
        if (batchCountMax != null)
        {
            config.batchCountMax(sharding.atLeastOne("--batch-count-max", batchCountMax));
        }
        config.origin(origin);
        if (stateRootEvery != 0 && !stateRoots.isGiven())
        {
            throw new ParameterException(
                spec.commandLine(), "--state-root-every needs --state-root-key: there is nothing to make them with");
        }
        config.stateRoots(stateRoots.config(stateRootEvery));
        if (logUuid != null)
        {
            config.logUuid(logUuid);
        }
        EngineOptions.requireNoFile(directory);
        if (!EngineOptions.isNew(directory))
        {
            throw new ToolException(ExitCode.BAD_INPUT,
                "there are books in the directory already: directory=" + directory +
                "; they were left as they are; seriatim info tells about them");
        }
        final PrintWriter out = spec.commandLine().getOut();
        try (LedgerEngine engine = EngineOptions.launch(config))
        {
            engine.launchReport().forEach(out::println);
        }
        out.println(
            "made " + directory + " for " + config.shardCount() + (config.shardCount() == 1 ? " shard" : " shards"));
        out.flush();
        return ExitCode.DONE.code();
    }
}
