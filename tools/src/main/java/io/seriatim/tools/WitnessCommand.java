package io.seriatim.tools;

import com.sun.net.httpserver.HttpServer;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.LogKeys;
import io.seriatim.sealing.SealingException;
import io.seriatim.sealing.Witness;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * Signs checkpoints of others.
 */
@Command(
    name = "witness",
    sortOptions = false,
    description = "Cosign the checkpoints of logs (C2SP tlog-witness, POST /add-checkpoint), each only if it goes on " +
        "from the one that was cosigned before. What was cosigned is kept first. Ends when it is told to.",
    footer = {
        "%nExample:",
        "  seriatim key generate --witness --name witness.example --out witness.key",
        "  seriatim witness --witness-key witness.key --key books.vkey --state witness-state " +
            "--listen 127.0.0.1:8090"})
final class WitnessCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(
        names = "--witness-key",
        paramLabel = "FILE",
        required = true,
        description = "Key file of the witness: key generate --witness makes one.")
    private Path keyFile;

    @Mixin
    private VerifierKeys keys;

    @Option(
        names = "--state",
        paramLabel = "DIR",
        required = true,
        description = "Directory in which it keeps what it has cosigned; it is made if it is not there.")
    private Path directory;

    @Mixin
    private ListenAddress address;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final List<VerifierKey> logs = keys.logs(spec);
        final CountDownLatch ended = new CountDownLatch(1);
        final ExitHook hook = new ExitHook("seriatim-witness-close", ended::countDown);
        HttpServer server = null;
        try (Witness witness = new Witness(
            LogKeys.read(keyFile), logs, directory, Witness.Judge.CONSISTENCY_ALONE,
            () -> System.currentTimeMillis() / 1_000))
        {
            server = WitnessServer.start(address.socketAddress(spec), witness, spec.commandLine().getErr());
            spec.commandLine().getOut().println(
                "cosigning at http://" + address.text(server.getAddress()) + "/ as " +
                LogKeys.read(keyFile).verifierKey());
            spec.commandLine().getOut().flush();
            ended.await();
        }
        catch (final SealingException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage(), ex);
        }
        finally
        {
            if (server != null)
            {
                server.stop(0);
            }
            hook.remove();
        }
        return ExitCode.DONE.code();
    }
}
