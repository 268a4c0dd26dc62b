package io.seriatim.tools;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What comes from outside: requests, files and words on the command line. Whatever they are, the answer is one that is
 * documented, and never an error of our own. The build runs what was once found; {@code scripts/fuzz} looks for more.
 */
@Tag("fuzz")
class FuzzTargetsTest
{
    /** Of each target, when it looks for more. */
    private static final String DURATION = "10m";
    private static final Set<Integer> DOCUMENTED = Set.of(
        ExitCode.DONE.code(), ExitCode.DIFFERENCE.code(), ExitCode.BAD_INPUT.code(),
        ExitCode.JOURNAL_REFUSED.code(), ExitCode.IN_USE.code(), ExitCode.ENVIRONMENT.code());
    private static final List<String> COMMANDS = List.of("inspect", "verify", "info", "entries", "balances");
    private static final List<String> FILES = List.of(
        "journal-0/manifest", "journal-0/archive/archive.catalog", "journal-0/archive/0-0.rec");

    private static Path root;
    private static Path books;

    @BeforeAll
    static void makeBooks() throws IOException
    {
        root = Files.createTempDirectory("seriatim-fuzz");
        books = root.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books).readModel(false)
            .batchCountMax(16).diskReserve(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024))))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            usd.createTransfers(List.of(
                Transfer.of(1, 1, 2, 5, 1).withFlags(TransferFlags.LINKED), Transfer.of(2, 2, 1, 3, 1),
                Transfer.of(3, 1, 2, 7, 1).withFlags(TransferFlags.PENDING), Transfer.post(4, 3)));
            engine.snapshot();
        }
    }

    @AfterAll
    static void deleteBooks() throws IOException
    {
        delete(root);
    }

    @FuzzTest(maxDuration = DURATION)
    void jsonRequest(final FuzzedDataProvider data)
    {
        try
        {
            new JsonRequests(16).read(data.consumeRemainingAsString());
        }
        catch (final JsonRequestException ex)
        {
            requireText(ex.getMessage());
        }
    }

    @FuzzTest(maxDuration = DURATION)
    void promptLine(final FuzzedDataProvider data)
    {
        final JsonRequests requests = new JsonRequests(16);
        try
        {
            requests.read(new ScriptSyntax(requests).toJson(data.consumeRemainingAsString()));
        }
        catch (final JsonRequestException ex)
        {
            requireText(ex.getMessage());
        }
    }

    @FuzzTest(maxDuration = DURATION)
    void csvFile(final byte[] data) throws IOException
    {
        final Path file = Files.write(root.resolve("input.csv"), data);
        try (CsvReader reader = new CsvReader(file))
        {
            while (reader.next())
            {
                reader.line();
            }
        }
        catch (final InputException ex)
        {
            requireText(ex.getMessage());
        }
    }

    /** What is read as a proof is written as the same bytes: nobody can make two of one. */
    @FuzzTest(maxDuration = DURATION)
    void proofFile(final byte[] data)
    {
        requireOneForm(data, bytes ->
        {
            final SignedNote note = SignedNote.parse(bytes);
            requireOneForm(
                note.text().getBytes(StandardCharsets.UTF_8),
                text -> Checkpoint.parse(new String(text, StandardCharsets.UTF_8)).toText()
                    .getBytes(StandardCharsets.UTF_8));
            return note.toBytes();
        });
        requireOneForm(data, bytes -> Receipt.parse(bytes).toBytes());
    }

    private static void requireOneForm(final byte[] data, final UnaryOperator<byte[]> readAndWritten)
    {
        try
        {
            if (!Arrays.equals(data, readAndWritten.apply(data)))
            {
                throw new AssertionError("read, and written otherwise: " + new String(data, StandardCharsets.UTF_8));
            }
        }
        catch (final ProofException ex)
        {
            requireText(ex.getMessage());
        }
    }

    @FuzzTest(maxDuration = DURATION)
    void damagedBooks(final FuzzedDataProvider data) throws IOException
    {
        final Path copy = root.resolve("copy");
        copy(books, copy);
        final String command = data.pickValue(COMMANDS);
        final Path file = copy.resolve(data.pickValue(FILES));
        final int offset = data.consumeInt(0, 8 * 1024);
        final byte[] bytes = data.consumeRemainingAsBytes();
        try (RandomAccessFile changed = new RandomAccessFile(file.toFile(), "rw"))
        {
            changed.seek(Math.min(offset, changed.length()));
            changed.write(bytes);
        }
        run(command, "--data", copy.toString());
        delete(copy);
    }

    @FuzzTest(maxDuration = DURATION)
    void commandLine(final FuzzedDataProvider data)
    {
        final List<String> args = new ArrayList<>();
        args.add(data.pickValue(COMMANDS));
        while (data.remainingBytes() > 0 && args.size() < 8)
        {
            final String word = data.pickValue(List.of(
                "--data", "--journal", "--json", "--from", "--count", "--shard", "--ledger", "--at", "--csv", ""));
            args.add(word + (data.consumeBoolean() ? data.consumeString(12) : ""));
            if (data.consumeBoolean())
            {
                args.add(data.consumeBoolean() ? books.toString() : data.consumeString(20));
            }
        }
        run(args.toArray(new String[0]));
    }

    private static void run(final String... args)
    {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int exitCode = SeriatimMain.run(
            new ByteArrayInputStream(new byte[0]), new PrintWriter(out), new PrintWriter(err), args);
        if (!DOCUMENTED.contains(exitCode))
        {
            throw new AssertionError("exit code " + exitCode + " of " + List.of(args) + ": " + err);
        }
    }

    private static void requireText(final String message)
    {
        if (message == null || message.isBlank())
        {
            throw new AssertionError("a refusal without a word");
        }
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                Files.copy(
                    file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void delete(final Path directory)
    {
        try (Stream<Path> files = Files.walk(directory))
        {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
            {
                Files.deleteIfExists(file);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
