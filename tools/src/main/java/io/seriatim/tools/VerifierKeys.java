package io.seriatim.tools;

import io.seriatim.merkle.NoteSignature;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.TrustPolicy;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.EntryText;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Whom somebody who checks trusts: keys of logs, and a policy with witnesses.
 */
final class VerifierKeys
{
    @Option(
        names = "--key",
        paramLabel = "VKEY",
        description = "Verifier key of the log, NAME+ID+BASE64, or a file with one on each line. May be given again.")
    private List<String> keyTexts = List.of();

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description = "Policy (C2SP tlog-policy) with logs, witnesses, and which cosignatures are needed.")
    private Path policyFile;

    private TrustPolicy policy;

    /** Whether anybody is to be trusted. */
    boolean isGiven()
    {
        return !keyTexts.isEmpty() || policyFile != null;
    }

    /** Keys of the logs, at least one. */
    List<VerifierKey> logs(final CommandSpec spec)
    {
        final List<VerifierKey> keys = new ArrayList<>();
        try
        {
            for (final String text : keyTexts)
            {
                keys.addAll(keysOf(text));
            }
            if (policyFile != null)
            {
                policy = TrustPolicy.parse(Files.readAllBytes(policyFile));
                keys.addAll(policy.logs());
            }
        }
        catch (final ProofException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        if (keys.isEmpty())
        {
            throw new ParameterException(
                spec.commandLine(), "whom to trust is not known: give --key, or --policy with a log in it");
        }
        return keys;
    }

    /**
     * Check cosignatures, if there is a policy.
     *
     * @return when each witness has signed, by its name; empty without a policy.
     * @throws ProofException if there are too few, or one is wrong.
     */
    Map<String, String> requireQuorum(final SignedNote checkpoint)
    {
        final Map<String, String> times = new LinkedHashMap<>();
        if (policy != null)
        {
            final List<String> signed = policy.requireQuorum(checkpoint);
            policy.witnesses().stream().filter(witness -> signed.contains(witness.name())).forEach(witness ->
                times.put(witness.name(), timeOf(checkpoint, witness.key())));
        }
        return times;
    }

    private static String timeOf(final SignedNote checkpoint, final VerifierKey key)
    {
        for (final NoteSignature signature : checkpoint.signatures())
        {
            if (signature.name().equals(key.name()) && signature.keyId() == key.id())
            {
                return EntryText.time(TimeUnit.SECONDS.toNanos(VerifierKey.time(signature.signature())));
            }
        }
        throw new IllegalStateException("it has signed: " + key);
    }

    /** The keys that somebody names: one, or a file with one on each line. */
    static List<VerifierKey> keysOf(final String text) throws IOException
    {
        if (text.contains("+"))
        {
            return List.of(VerifierKey.parse(text));
        }
        final List<VerifierKey> keys = new ArrayList<>();
        for (final String line : Files.readAllLines(Path.of(text), StandardCharsets.UTF_8))
        {
            if (!line.isBlank() && !line.startsWith("#"))
            {
                keys.add(VerifierKey.parse(line.trim()));
            }
        }
        return keys;
    }
}
