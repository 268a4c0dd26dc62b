package io.seriatim.tools;

import io.seriatim.engine.SealingConfig;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How an engine seals its order while it runs.
 */
final class Seals
{
    @Option(
        names = "--seal-key",
        paramLabel = "FILE",
        description = "Sign checkpoints over the order with this key, made by key generate, which lies outside of " +
            "the data directory. May be given again, while one takes the place of another.")
    private List<Path> keyFiles = List.of();

    @Option(
        names = "--seal-every-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "With --seal-key: sign what is new after so much time. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Option(
        names = "--seal-policy",
        paramLabel = "FILE",
        description = "With --seal-key: let the witnesses of this policy (C2SP tlog-policy, with URLs) cosign.")
    private Path policyFile;

    /** How; null for not at all. */
    SealingConfig sealing()
    {
        if (keyFiles.isEmpty())
        {
            if (policyFile != null)
            {
                throw new ToolException(ExitCode.BAD_INPUT, "--seal-policy needs --seal-key: nothing is sealed");
            }
            return null;
        }
        return new SealingConfig().keyFiles(keyFiles).policyFile(policyFile)
            .intervalNs(TimeUnit.MILLISECONDS.toNanos(intervalMs));
    }
}
