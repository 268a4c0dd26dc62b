package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.merkle.LedgerProof;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.StateProof;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.StateRowText;
import io.seriatim.sealing.Prover;
import io.seriatim.sealing.StateProver;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is proven of accounts and ledgers is what they held: told by the engine's own history, checked by our own code
 * and by the verifier that shares none with it; and nothing that was changed is believed by either.
 */
@Timeout(300)
class StateProofsTest
{
    private static final int EVERY = 100;
    private static final int BATCH_COUNT_MAX = 50;
    private static final int[] LEDGERS = {840, 978, 203};
    private static final int ACCOUNTS_OF_LEDGER = 5;
    private static final int REQUESTS = 60;
    private static final long SEED = Long.getLong("seriatim.seed", 20261129);

    @TempDir
    private Path directory;
    private Path books;
    private Path key;
    private Path rootsKey;
    private List<VerifierKey> keys;
    private final List<Long> accounts = new ArrayList<>();
    private final Random random = new Random(SEED);

    @BeforeEach
    void makeBooks() throws IOException
    {
        System.out.println("state proofs: seed=" + SEED);
        books = directory.resolve("books");
        key = directory.resolve("books.vkey");
        rootsKey = directory.resolve("roots.key");
        done("key", "state-root", "--out", rootsKey);
        done("init", "--data", books, "--batch-count-max", BATCH_COUNT_MAX, "--state-root-every", EVERY,
            "--state-root-key", rootsKey, "--origin", "example/books");
        Files.writeString(
            key, done("key", "generate", "--data", books, "--out", directory.resolve("books.key")).out());
        keys = List.of(VerifierKey.parse(Files.readString(key).strip()));
        try (LedgerEngine engine = launch())
        {
            write(engine);
        }
        done("seal", "--data", books, "--key", directory.resolve("books.key"));
    }

    private LedgerEngine launch()
    {
        return LedgerEngine.launch(new EngineConfig().dataDirectory(books).durability(Durability.OS)
            .threading(Threading.COMPACT).stateRoots(new StateRootConfig().keyFile(rootsKey)));
    }

    /** Transfers of all kinds in three ledgers; the second one begins later. */
    private void write(final LedgerEngine engine)
    {
        long nextId = 1_000;
        for (int request = 0; request < REQUESTS; request++)
        {
            final int ledgerIndex = random.nextInt(request < REQUESTS / 2 ? 1 : LEDGERS.length);
            final Ledger ledger = engine.ledger(LEDGERS[ledgerIndex]);
            final long first = 1 + ledgerIndex * 100L;
            if (!accounts.contains(first))
            {
                final List<Account> created = new ArrayList<>();
                for (int i = 0; i < ACCOUNTS_OF_LEDGER; i++)
                {
                    created.add(Account.of(first + i, 1, AccountFlags.HISTORY));
                    accounts.add(first + i);
                }
                ledger.createAccounts(created);
            }
            final List<Transfer> transfers = new ArrayList<>();
            final int count = 1 + random.nextInt(BATCH_COUNT_MAX - 1);
            for (int i = 0; i < count; i++)
            {
                final long debit = first + random.nextInt(ACCOUNTS_OF_LEDGER);
                final long credit = first + random.nextInt(ACCOUNTS_OF_LEDGER + 1);
                final int flags = random.nextInt(5) == 0 ? TransferFlags.PENDING :
                    random.nextInt(5) == 0 && i < 10 ? TransferFlags.LINKED : 0;
                transfers.add(Transfer.of(nextId++, debit, credit, random.nextInt(1_000), 1).withFlags(flags));
            }
            transfers.set(transfers.size() - 1, transfers.get(transfers.size() - 1).withFlags(0));
            ledger.createTransfers(transfers);
        }
    }

    @Test
    void shouldProveEveryAccountUnderEveryStateRoot() throws Exception
    {
        int count = 0;
        try (Prover prover = new Prover(books, 0); LedgerEngine engine = launch())
        {
            final StateProver states = new StateProver(books, 0, prover, rootKey(), done -> { });
            for (long at = EVERY; at < prover.head().size() - 2 * EVERY; at += EVERY)
            {
                for (final long account : accounts)
                {
                    final StateProof proof = states.account(0, account, at);
                    final long asOf = proof == null ? at : proof.row().asOfSequence();
                    final Account held = held(engine, account, asOf);
                    if (proof == null)
                    {
                        assertNull(held, "account " + account + " at " + at);
                        continue;
                    }
                    assertTrue(asOf <= at && asOf > at - 2 * EVERY, asOf + " for " + at);
                    proof.verify(keys);
                    assertHeld(held, StateRowText.fields(proof.row().row()));
                    count++;
                }
            }
        }
        assertTrue(count > 100, "proofs: " + count);
        final Path file = directory.resolve("1.state-proof");
        done("prove", "--data", books, "--account", 1, "--state-root-key", rootsKey, "--out", file);
        assertTrue(done("check", file, "--key", key).out().contains("\naccount: 1\n"));
        assertEquals(0, verifier("state", file));
    }

    private static Account held(final LedgerEngine engine, final long account, final long sequence)
    {
        final List<Account> found =
            engine.ledger(LEDGERS[(int)(account / 100)]).getAccountAsOf(new Uint128(0, account), sequence).values();
        return found.isEmpty() ? null : found.get(0);
    }

    private static void assertHeld(final Account held, final Map<String, Object> row)
    {
        assertNotNull(held, row::toString);
        assertEquals(held.debitsPosted().toString(), row.get("debits_posted"), row::toString);
        assertEquals(held.creditsPosted().toString(), row.get("credits_posted"), row::toString);
        assertEquals(held.debitsPending().toString(), row.get("debits_pending"), row::toString);
        assertEquals(held.creditsPending().toString(), row.get("credits_pending"), row::toString);
        assertEquals(Long.toString(held.timestampNs()), row.get("timestamp_ns"), row::toString);
        assertEquals(held.code(), row.get("code"), row::toString);
    }

    @Test
    void shouldShowAllEntriesOfALedgerBetweenAnyTwoStateRoots() throws Exception
    {
        int count = 0;
        try (Prover prover = new Prover(books, 0))
        {
            final StateProver states = new StateProver(books, 0, prover, rootKey(), done -> { });
            final long last = prover.stateRootUpTo(Long.MAX_VALUE, EVERY).asOfSequence();
            for (final int ledger : LEDGERS)
            {
                for (int i = 0; i < 6; i++)
                {
                    final long from = i == 0 ? 0 : random.nextInt((int)last);
                    final long to = i == 0 ? Long.MAX_VALUE : from + random.nextInt((int)(last - from) + 1);
                    final StringBuilder text = new StringBuilder();
                    final long shown = states.ledger(ledger, from, to, text);
                    if (shown < 0)
                    {
                        continue;
                    }
                    final List<byte[]> entries = new ArrayList<>();
                    final LedgerProof.Proven proven = verify(text.toString(), entries);
                    assertEquals(ledger, proven.ledger());
                    assertEquals(shown, entries.size());
                    assertTrue(proven.fromSequence() < Math.max(1, from) && proven.toSequence() >= Math.min(to, last));
                    assertSame(prover, ledger, proven, entries);
                    final Path file = Files.writeString(directory.resolve("proof"), text);
                    assertEquals(0, verifier("ledger", file));
                    count++;
                }
            }
        }
        assertTrue(count > 10, "proofs: " + count);
    }

    /** What is shown are the entries that the journal has of the ledger in that range, told by looking at all. */
    private static void assertSame(
        final Prover prover, final int ledger, final LedgerProof.Proven proven, final List<byte[]> entries)
    {
        int next = 0;
        for (long sequence = proven.fromSequence() + 1; sequence <= proven.toSequence(); sequence++)
        {
            final byte[] entry = prover.entry(sequence);
            final Map<String, Object> fields = EntryText.fields(new UnsafeBuffer(entry), 0);
            if (String.valueOf(fields.get("ledger")).equals(Integer.toString(ledger)) &&
                !"0".equals(fields.get("ledger_sequence").toString()))
            {
                assertArrayEquals(entry, entries.get(next++));
            }
        }
        assertEquals(entries.size(), next);
    }

    /** Any bit of a state proof, and any character of a ledger proof: refused by both, or by neither. */
    @Test
    void shouldBelieveNothingThatWasChanged() throws Exception
    {
        final Path file = directory.resolve("proof");
        done("prove", "--data", books, "--account", 3, "--state-root-key", rootsKey, "--out", file);
        final byte[] state = Files.readAllBytes(file);
        for (int bit = 0; bit < state.length * Byte.SIZE; bit++)
        {
            final byte[] changed = state.clone();
            changed[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            final int place = bit;
            assertThrows(ProofException.class, () -> StateProof.parse(changed).verify(keys), () -> "bit " + place);
            if (bit % 16 == 0)
            {
                Files.write(file, changed);
                assertEquals(1, verifier("state", file), "bit " + bit);
            }
        }
        done(
            "prove", "--data", books, "--ledger", 840, "--from", 301, "--to", 301, "--state-root-key", rootsKey,
            "--out", file);
        final String text = Files.readString(file);
        final String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length - 1; i++)
        {
            final List<String> without = new ArrayList<>(List.of(lines));
            without.remove(i);
            assertLedgerRefused(String.join("\n", without), file, "without line " + i);
            final List<String> twice = new ArrayList<>(List.of(lines));
            twice.add(i, lines[i]);
            if (!lines[i].startsWith("\u2014 "))
            {
                // Who signs twice has signed.
                assertLedgerRefused(String.join("\n", twice), file, "line " + i + " twice");
            }
            if (!lines[i].isEmpty())
            {
                final int place = random.nextInt(lines[i].length());
                final char other = lines[i].charAt(place) == 'A' ? 'B' : 'A';
                final List<String> changed = new ArrayList<>(List.of(lines));
                changed.set(i, lines[i].substring(0, place) + other + lines[i].substring(place + 1));
                assertLedgerRefused(String.join("\n", changed), file, "line " + i + " changed at " + place);
            }
        }
        assertLedgerRefused(text.substring(0, text.length() - 1), file, "without the last line's end");
        assertLedgerRefused(text + "\n", file, "one more line");
        assertLedgerRefused("", file, "nothing");
        for (int i = 0; i < 300; i++)
        {
            final String cut = text.substring(0, random.nextInt(text.length()));
            assertLedgerRefused(cut, file, "cut to " + cut.length());
        }
    }

    private void assertLedgerRefused(final String text, final Path file, final String what) throws Exception
    {
        assertThrows(ProofException.class, () -> verify(text, new ArrayList<>()), what);
        Files.writeString(file, text);
        assertEquals(1, verifier("ledger", file), what);
    }

    @Test
    void shouldSayWhatIsWrongWithACommand() throws IOException
    {
        assertRun(2, "say what is to be proven", "prove", "--data", books);
        assertRun(2, "give --state-root-key", "prove", "--data", books, "--account", 1);
        assertRun(2, "give --state-root-key", "prove", "--data", books, "--ledger", 840);
        assertRun(2, "--at goes with --account", "prove", "--data", books, "--sequence", 1, "--at", 1);
        assertRun(2, "there was no such account by then", "prove", "--data", books, "--account", 7_777,
            "--state-root-key", rootsKey);
        assertRun(2, "the ledger had no account by then", "prove", "--data", books, "--ledger", 7_777,
            "--state-root-key", rootsKey);
        assertRun(2, "the first one is as of sequence 100", "prove", "--data", books, "--account", 1, "--at", 99,
            "--state-root-key", rootsKey);
        assertRun(2, "or behind is under the checkpoint: the newest one is as of sequence ", "prove", "--data", books,
            "--ledger", 840, "--to", 1_000_000, "--state-root-key", rootsKey);
        final Path other = directory.resolve("other.key");
        done("key", "state-root", "--out", other);
        assertRun(2, "the key is another one", "prove", "--data", books, "--account", 1, "--state-root-key", other);
        assertRun(2, "there is a file already", "key", "state-root", "--out", other);
        assertRun(2, "a state root key is the line", "prove", "--data", books, "--account", 1, "--state-root-key",
            directory.resolve("books.key"));
        assertRun(2, "--state-root-every needs --state-root-key", "init", "--data", directory.resolve("x"),
            "--state-root-every", 500);
        assertRun(2, "no key is given", "snapshot", "--data", books);
        done("snapshot", "--data", books, "--state-root-key", rootsKey);
        assertTrue(done("verify", "--data", books, "--state-root-key", rootsKey).out()
            .contains("made again and compared"));
        assertTrue(done("verify", "--data", books).out()
            .contains("which are not made again as there is no --state-root-key"));
        assertRun(2, "not the key that the books were made with", "verify", "--data", books, "--state-root-key", other);
        assertRun(2, "made with another key: fingerprint=", "snapshot", "--data", books, "--state-root-key", other);
        assertRun(2, "--from is not behind --to", "prove", "--data", books, "--ledger", 840, "--from", 250, "--to", 120,
            "--state-root-key", rootsKey);
        assertRun(2, "can be proven yet: the newest state root", "prove", "--data", books, "--ledger", 840, "--from",
            100_000, "--state-root-key", rootsKey);
        assertRun(2, "is under the checkpoint: the newest one", "prove", "--data", books, "--ledger", 840, "--to",
            Long.MAX_VALUE - 1, "--state-root-key", rootsKey);
        assertRun(2, "--explain with", "prove", "--data", books, "--account", 1, "--explain", "--state-root-key",
            rootsKey);
        final Path without = directory.resolve("without");
        done("init", "--data", without);
        assertRun(2, "created with no state roots", "snapshot", "--data", without, "--state-root-key", rootsKey);
        assertFalse(Files.exists(directory.resolve("1.state-proof.part")));
    }

    private StateRootKey rootKey()
    {
        return StateRootConfig.read(rootsKey);
    }

    private LedgerProof.Proven verify(final String text, final List<byte[]> entries) throws IOException
    {
        return LedgerProof.verify(new BufferedReader(new StringReader(text)), keys, entries::add);
    }

    /** The other verifier, as its main method runs it. */
    private int verifier(final String kind, final Path file) throws Exception
    {
        final Method run = Class.forName("io.seriatim.verifier.VerifierMain")
            .getDeclaredMethod("run", PrintStream.class, PrintStream.class, String[].class);
        run.setAccessible(true);
        final PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return (int)run.invoke(null, nowhere, nowhere, new String[] {kind, file.toString(), key.toString()});
    }

    private static CommandRun done(final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(0, run.exitCode(), run::toString);
        return run;
    }

    private static void assertRun(final int exitCode, final String message, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(message), run::toString);
    }
}
