package io.seriatim.tools;

import com.sun.net.httpserver.HttpServer;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.Follower;
import io.seriatim.replay.FollowerConfig;
import io.seriatim.replay.FollowerException;
import io.seriatim.sealing.LogKeys;
import io.seriatim.sealing.VerifiedCopy;
import io.seriatim.sealing.Witness;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a verified copy of the books of a running engine.
 */
@Command(
    name = "follow",
    sortOptions = false,
    description = "Keep a verified copy of the books of an engine that lets followers in (--followers there): every " +
        "entry is executed again and compared; at the first difference it stops. Standard input may ask what " +
        "accounts hold, in JSON, a line for a request; each answer says as of which sequence it is, and how far the " +
        "copy is behind. When the engine is gone, another one can be started on the copy.",
    footer = {
        "%nExamples:",
        "  seriatim script --data books --followers 127.0.0.1:9010 --followers-secret-file secret",
        "  seriatim follow --from 127.0.0.1:9010 --secret-file secret --data copy",
        "  {\"op\":\"lookup_accounts\",\"ledger\":840,\"ids\":[\"1\"]}"})
final class FollowCommand implements Callable<Integer>
{
    private static final long IDLE_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long RETRY_FIRST_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long RETRY_MAX_NS = TimeUnit.SECONDS.toNanos(10);

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--from",
        paramLabel = "HOST:PORT",
        required = true,
        description = "Where the engine lets followers in.")
    private String from;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Where the copy is kept.")
    private Path directory;

    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        required = true,
        description = "Secret that the engine knows as well; line ends at its end do not count.")
    private Path secretFile;

    @Option(
        names = "--journals",
        paramLabel = "N",
        defaultValue = "1",
        description = "How many journals the engine has: info says so. Default: ${DEFAULT-VALUE}")
    private int journalCount;

    @Option(
        names = "--local-host",
        paramLabel = "HOST",
        defaultValue = "127.0.0.1",
        description = "Address of this machine that the engine sends to. Default: ${DEFAULT-VALUE}")
    private String localHost;

    @Option(
        names = "--status-ms",
        paramLabel = "MS",
        defaultValue = "1000",
        description = "How often it says on standard error how it stands; 0 for never. Default: ${DEFAULT-VALUE}")
    private long statusMs;

    @Option(
        names = "--witness-key",
        paramLabel = "FILE",
        description = "Be a witness: cosign the engine's checkpoints (C2SP tlog-witness), but only those that the " +
            "entries executed here lead to as well. Needs --key, --listen and --witness-state.")
    private Path witnessKeyFile;

    @Option(
        names = "--witness-state",
        paramLabel = "DIR",
        description = "Directory in which the witness keeps what it has cosigned.")
    private Path witnessState;

    @Mixin
    private VerifierKeys keys;

    @Mixin
    private ListenAddress address;

    @Mixin
    private StateRootOptions stateRoots;

    @Option(names = "--once", description = "End when the copy has all that was committed.")
    private boolean isOnce;

    @ParentCommand
    private SeriatimMain main;

    private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final JsonMapper mapper = new JsonMapper();
    private PrintWriter err;
    private long statusNs = System.nanoTime();

    @Override
    public Integer call() throws IOException
    {
        if (journalCount < 1 || statusMs < 0)
        {
            throw new ParameterException(
                spec.commandLine(), "--journals is at least 1 and --status-ms at least 0: journals=" + journalCount +
                ", status-ms=" + statusMs);
        }
        err = spec.commandLine().getErr();
        final FollowerConfig config = config();
        final Thread readerThread = new Thread(this::read, "seriatim-follow-requests");
        readerThread.setDaemon(true);
        final VerifiedCopy copy = new VerifiedCopy(directory);
        HttpServer server = null;
        try (Follower follower = open(config); Witness witness = witness(copy))
        {
            if (witness != null)
            {
                server = WitnessServer.start(address.socketAddress(spec), witness, err);
                err.println("cosigning at http://" + address.text(server.getAddress()) + "/ what is executed here");
            }
            readerThread.start();
            follow(follower, copy);
        }
        catch (final FollowerException ex)
        {
            throw new ToolException(ExitCode.DIFFERENCE, ex.getMessage(), ex);
        }
        finally
        {
            if (server != null)
            {
                server.stop(0);
            }
            copy.close();
        }
        return ExitCode.DONE.code();
    }

    private Witness witness(final VerifiedCopy copy)
    {
        if (witnessKeyFile == null)
        {
            if (witnessState != null || keys.isGiven() || address.isGiven())
            {
                throw new ParameterException(
                    spec.commandLine(), "--witness-state, --key, --policy and --listen are for --witness-key FILE");
            }
            return null;
        }
        if (witnessState == null)
        {
            throw new ParameterException(spec.commandLine(), "--witness-key needs --witness-state DIR");
        }
        return new Witness(
            LogKeys.read(witnessKeyFile), keys.logs(spec), witnessState, copy,
            () -> System.currentTimeMillis() / 1_000);
    }

    private FollowerConfig config() throws IOException
    {
        try
        {
            return new FollowerConfig().dataDirectory(directory).journalCount(journalCount).localHost(localHost)
                .leader(Followers.replication(from, secretFile)).stateRootKey(stateRoots.key());
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private static Follower open(final FollowerConfig config)
    {
        try
        {
            return Follower.open(config);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage(), ex);
        }
        catch (final JournalException ex)
        {
            if (ex.getMessage().contains("can not be reached"))
            {
                throw new ToolException(ExitCode.ENVIRONMENT, ex.getMessage(), ex);
            }
            throw ex;
        }
    }

    private void follow(final Follower follower, final VerifiedCopy copy)
    {
        long retryNs = RETRY_FIRST_NS;
        long retryAtNs = System.nanoTime();
        boolean isEnded = false;
        while (!isEnded && !Thread.currentThread().isInterrupted())
        {
            int work = 0;
            try
            {
                if (!follower.status().isConnected() && System.nanoTime() - retryAtNs >= 0)
                {
                    follower.connect();
                    retryNs = RETRY_FIRST_NS;
                }
                work = follower.doWork();
                isEnded = isOnce && work == 0 && follower.status().isConnected() && follower.status().lagBytes() == 0;
            }
            catch (final JournalException ex)
            {
                err.println("not connected: " + ex.getMessage() + "; tried again in " +
                    TimeUnit.NANOSECONDS.toMillis(retryNs) + " ms");
                retryAtNs = System.nanoTime() + retryNs;
                retryNs = Math.min(2 * retryNs, RETRY_MAX_NS);
            }
            follower.status().sequences().forEach(copy::verifiedUpTo);
            answerAll(follower);
            tell(follower);
            if (work == 0 && !isEnded)
            {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
        err.println(line(follower));
    }

    private void read()
    {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(main.in(), StandardCharsets.UTF_8)))
        {
            String line = reader.readLine();
            while (line != null)
            {
                if (!line.isBlank())
                {
                    requests.add(line);
                }
                line = reader.readLine();
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void answerAll(final Follower follower)
    {
        String request = requests.poll();
        while (request != null)
        {
            spec.commandLine().getOut().println(mapper.writeValueAsString(answer(follower, request)));
            spec.commandLine().getOut().flush();
            request = requests.poll();
        }
    }

    private Map<String, Object> answer(final Follower follower, final String request)
    {
        final Map<String, Object> answer = new LinkedHashMap<>();
        try
        {
            final JsonNode node = mapper.readTree(request);
            if (!"lookup_accounts".equals(node.path("op").asString("")))
            {
                throw new IllegalArgumentException("a follower answers lookup_accounts alone");
            }
            final int shard = node.has("shard") ? node.get("shard").asInt() :
                follower.shardOf(Integer.parseUnsignedInt(node.path("ledger").asString("0")));
            final List<Map<String, Object>> accounts = new ArrayList<>();
            for (final JsonNode id : node.path("ids"))
            {
                final Uint128 key = Uint128.parse(id.asString());
                final AccountRecordDecoder account = follower.lookupAccount(shard, key.high(), key.low());
                if (account != null)
                {
                    accounts.add(fields(account));
                }
            }
            answer.put("accounts", accounts);
            answer.put("shard", shard);
            answer.put("sequence", Long.toString(follower.status().sequences().get(shard)));
        }
        catch (final JacksonException | IllegalArgumentException ex)
        {
            answer.put("error", "bad_request");
            answer.put("message", ex.getMessage());
        }
        answer.put("lag_bytes", follower.status().lagBytes());
        answer.put("connected", follower.status().isConnected());
        return answer;
    }

    private static Map<String, Object> fields(final AccountRecordDecoder account)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", new Uint128(account.idHigh(), account.idLow()).toString());
        fields.put("ledger", account.ledger());
        fields.put("code", account.code());
        fields.put("debits_pending", text(account.debitsPendingHigh(), account.debitsPendingLow()));
        fields.put("debits_posted", text(account.debitsPostedHigh(), account.debitsPostedLow()));
        fields.put("credits_pending", text(account.creditsPendingHigh(), account.creditsPendingLow()));
        fields.put("credits_posted", text(account.creditsPostedHigh(), account.creditsPostedLow()));
        return fields;
    }

    private static String text(final long high, final long low)
    {
        return new Uint128(high, low).toString();
    }

    private void tell(final Follower follower)
    {
        final long nowNs = System.nanoTime();
        if (statusMs > 0 && nowNs - statusNs >= TimeUnit.MILLISECONDS.toNanos(statusMs))
        {
            statusNs = nowNs;
            err.println(line(follower));
        }
    }

    private static String line(final Follower follower)
    {
        final Follower.Status status = follower.status();
        return String.format(
            Locale.ROOT, "%s: verified up to sequence %s, %,d bytes behind",
            status.isConnected() ? "following" : "not connected", status.sequences(), status.lagBytes());
    }
}
