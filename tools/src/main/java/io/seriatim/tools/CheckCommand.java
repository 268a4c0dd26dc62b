package io.seriatim.tools;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.LedgerProof;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.StateProof;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.StateRowText;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Checks what others have made.
 */
@Command(
    name = "check",
    sortOptions = false,
    description = "Check a receipt, a proof of an account or of all entries of a ledger, a checkpoint or a proof of " +
        "consistency, offline: against keys that you have from somewhere else, not from the file. Needs no books.",
    footer = {
        "%nExamples:",
        "  seriatim check 1001.tlog-proof --key books.vkey",
        "  seriatim check 1000.consistency --old checkpoint-of-last-year --key books.vkey",
        "  seriatim check 1000001.state-proof --key books.vkey",
        "  seriatim check 840.ledger-proof --key books.vkey --entries",
        "  seriatim check checkpoint --policy policy"})
final class CheckCommand implements Callable<Integer>
{
    private static final long LENGTH_MAX = Receipt.LENGTH_MAX;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Any proof, or a checkpoint.")
    private Path file;

    @Mixin
    private VerifierKeys keys;

    @Option(
        names = "--old",
        paramLabel = "FILE",
        description = "The checkpoint that a proof of consistency begins at, which you have kept.")
    private Path oldFile;

    @Option(names = "--entries", description = "Of a ledger's proof: print the entries, too.")
    private boolean areEntriesShown;

    @Option(names = "--json", description = "Print what was found as one JSON object.")
    private boolean isJson;

    private final Map<String, Object> found = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException
    {
        final List<VerifierKey> logs = keys.logs(spec);
        // Once from front to back: it may be a pipe.
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file)))
        {
            if (isLedgerProof(in))
            {
                checkLedger(in, logs);
                return ExitCode.DONE.code();
            }
            if (areEntriesShown)
            {
                throw new ParameterException(spec.commandLine(), "--entries is for the proof of a ledger");
            }
            check(in.readNBytes((int)LENGTH_MAX + 1), logs);
        }
        return ExitCode.DONE.code();
    }

    private void check(final byte[] bytes, final List<VerifierKey> logs) throws IOException
    {
        requireLength(bytes.length, file);
        final String text = new String(bytes, StandardCharsets.UTF_8);
        final SignedNote signed;
        final Checkpoint head;
        if (text.startsWith("c2sp.org/tlog-proof"))
        {
            final Receipt receipt = Receipt.parse(bytes);
            head = receipt.verify(logs);
            signed = receipt.checkpoint();
            found.put("proven", "the entry is at its place in the order");
            found.put("entry", isJson ? EntryText.fields(new UnsafeBuffer(receipt.entry()), 0) :
                EntryText.line(new UnsafeBuffer(receipt.entry()), 0));
            requireSequence(receipt);
        }
        else if (StateProof.isOne(text))
        {
            final StateProof proof = StateProof.parse(bytes);
            head = proof.verify(logs);
            signed = proof.receipt().checkpoint();
            found.put(
                "proven", "the " + (proof.row().isOfAccount() ? "account" : "ledger") + " stood like this after the " +
                "entry with sequence " + proof.row().asOfSequence());
            found.put("row", StateRowText.fields(proof.row().row()));
            found.put("state_root", "at sequence " + proof.receipt().index());
        }
        else if (text.startsWith("old "))
        {
            signed = CheckpointRequest.parse(bytes).checkpoint();
            head = consistency(CheckpointRequest.parse(bytes), logs);
        }
        else
        {
            signed = SignedNote.parse(bytes);
            head = Checkpoint.of(signed, logs);
            found.put("proven", "the checkpoint is signed");
        }
        print(head, signed, logs);
    }

    private void print(final Checkpoint head, final SignedNote signed, final List<VerifierKey> logs)
    {
        found.put("origin", head.origin());
        found.put("size", head.size());
        found.put("signed_by", signed.signedBy(logs).stream().map(VerifierKey::toString).toList());
        found.put("cosigned_by", keys.requireQuorum(signed));
        print();
    }

    private static boolean isLedgerProof(final InputStream in) throws IOException
    {
        final int length = LedgerProof.MAGIC.length() + 1;
        in.mark(length);
        final boolean isOne = LedgerProof.isOne(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        in.reset();
        return isOne;
    }

    /** It may be longer than memory. Nothing of it is shown before all is proven: for that it is read twice. */
    private void checkLedger(final InputStream in, final List<VerifierKey> logs) throws IOException
    {
        if (areEntriesShown && !Files.isRegularFile(file))
        {
            throw new ParameterException(spec.commandLine(), "--entries reads the proof twice: it has to be a file");
        }
        final LedgerProof.Proven proven = readLedger(in, logs, entry -> { });
        found.put("ledger", proven.ledger());
        found.put("from_sequence", proven.fromSequence());
        found.put("to_sequence", proven.toSequence());
        found.put("first_ledger_sequence", proven.firstLedgerSequence());
        found.put("last_ledger_sequence", proven.lastLedgerSequence());
        final String count = proven.lastLedgerSequence() < proven.firstLedgerSequence() ? "none, as it has none there" :
            "number " + proven.firstLedgerSequence() + " to " + proven.lastLedgerSequence();
        found.put(
            "proven", "these are all entries of ledger " + proven.ledger() + " behind sequence " +
            proven.fromSequence() + " up to sequence " + proven.toSequence() + " that have a number in it: " + count);
        if (areEntriesShown)
        {
            final List<Object> entries = new ArrayList<>();
            try (InputStream again = Files.newInputStream(file))
            {
                readLedger(again, logs, entry ->
                {
                    if (isJson)
                    {
                        entries.add(EntryText.fields(new UnsafeBuffer(entry), 0));
                    }
                    else
                    {
                        spec.commandLine().getOut().println(EntryText.line(new UnsafeBuffer(entry), 0));
                    }
                });
            }
            if (isJson)
            {
                found.put("entries", entries);
            }
        }
        print(proven.checkpoint(), proven.note(), logs);
    }

    private static LedgerProof.Proven readLedger(
        final InputStream in, final List<VerifierKey> logs, final Consumer<byte[]> handler) throws IOException
    {
        try
        {
            return LedgerProof.verify(
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())), logs, handler);
        }
        catch (final CharacterCodingException ex)
        {
            throw new ProofException("the proof is not valid UTF-8", ex);
        }
    }

    private Checkpoint consistency(final CheckpointRequest request, final List<VerifierKey> logs) throws IOException
    {
        if (oldFile == null)
        {
            throw new ParameterException(
                spec.commandLine(), "a proof of consistency needs --old: the older checkpoint, as you have kept it");
        }
        final Checkpoint older = Checkpoint.of(SignedNote.parse(read(oldFile)), logs);
        final Checkpoint newer = Checkpoint.of(request.checkpoint(), logs);
        if (!older.origin().equals(newer.origin()) || older.size() != request.oldSize())
        {
            throw new ProofException(
                "the proof does not begin at the old checkpoint: proof from size " + request.oldSize() + " of " +
                newer.origin() + ", old checkpoint " + older);
        }
        request.proofTo(newer.size()).verify(older.root(), newer.root());
        found.put("proven", "history was only appended to from size " + older.size() + " to " + newer.size());
        return newer;
    }

    /** The leaf says itself which one it is; a tree that has it elsewhere is none of ours. */
    private static void requireSequence(final Receipt receipt)
    {
        final Object sequence = EntryText.fields(new UnsafeBuffer(receipt.entry()), 0).get("sequence");
        if (!Long.toString(receipt.index()).equals(String.valueOf(sequence)))
        {
            throw new ProofException(
                "the entry names another place than its index: index=" + receipt.index() + ", sequence=" + sequence);
        }
    }

    private byte[] read(final Path path) throws IOException
    {
        requireLength(Files.size(path), path);
        return Files.readAllBytes(path);
    }

    private static void requireLength(final long length, final Path path)
    {
        if (length > LENGTH_MAX)
        {
            throw new ProofException(
                "too long for a receipt, a checkpoint or a proof: more than " + LENGTH_MAX + " bytes: file=" + path);
        }
    }

    private void print(final String name, final Object value)
    {
        final PrintWriter out = spec.commandLine().getOut();
        if (value instanceof Collection<?> values)
        {
            values.forEach(each -> out.println(name + ": " + each));
        }
        else if (value instanceof Map<?, ?> values)
        {
            final String between = name.equals("row") ? ": " : " at ";
            values.forEach((key, each) -> out.println(
                (name.equals("row") ? "" : name + ": ") + key + between + each));
        }
        else
        {
            out.println(name + ": " + value);
        }
    }

    private void print()
    {
        if (isJson)
        {
            spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(found));
        }
        else
        {
            found.forEach((name, value) -> print(name.replace('_', ' '), value));
        }
        spec.commandLine().getOut().flush();
    }
}
