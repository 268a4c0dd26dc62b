package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.Durability;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.sealing.Prover;
import io.seriatim.sealing.SignedCheckpoints;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands of proofs, as a user meets them: keys, sealing, receipts, consistency, checking. */
@Timeout(180)
class ProofCommandsTest
{
    private static final int LEDGER = 840;

    @TempDir
    private Path directory;
    private Path books;
    private Path key;
    private Path vkey;

    @BeforeEach
    void prepare()
    {
        books = directory.resolve("books");
        key = directory.resolve("books.key");
        vkey = directory.resolve("books.vkey");
    }

    @Test
    void shouldGiveAReceiptThatSomebodyElseChecksOffline() throws IOException
    {
        write(1, 10);
        seal();
        final Path receipt = directory.resolve("1003.tlog-proof");
        final CommandRun prove = done("prove", "--data", books, "--transfer", "1003", "--out", receipt);
        assertTrue(prove.err().contains("transfer created id=1003"), prove::toString);

        final CommandRun check = done("check", receipt, "--key", vkey);
        assertTrue(check.out().startsWith("proven: the entry is at its place in the order\nentry: sequence=5 "),
            check::toString);
        assertTrue(check.out().contains("transfer created id=1003 debit_account_id=1 credit_account_id=2 amount=3"),
            check::toString);
        assertTrue(check.out().contains("size: 13\n"), check::toString);
        final JsonNode json = new JsonMapper().readTree(
            done("check", receipt, "--key", Files.readAllLines(vkey).get(1), "--json").out());
        assertEquals("1003", json.get("entry").get("id").asString());
        assertEquals(13, json.get("size").asInt());

        final String text = Files.readString(receipt);
        Files.writeString(receipt, text.replace("index 5", "index 6"));
        assertRun(1, "the entry is not under the checkpoint", "check", receipt, "--key", vkey);
        Files.writeString(receipt, text);
        final CommandRun other = done("key", "generate", "--name", "example/x", "--out", directory.resolve("x"));
        assertRun(
            1, "none of the signatures is by a key that is trusted", "check", receipt, "--key", other.out().trim());
        assertRun(2, "whom to trust is not known", "check", receipt);
        assertRun(2, "written name+hexid+base64", "check", receipt, "--key", "a+b");
        Files.write(receipt, new byte[300_000]);
        assertRun(1, "too long for a receipt", "check", receipt, "--key", vkey);
    }

    @Test
    void shouldProveARefusalAndSayThatAnIdWasUsedAgain()
    {
        write(1, 3);
        try (LedgerEngine engine = launch())
        {
            engine.ledger(LEDGER).createTransfer(5000, 1, 99, 1, 1);
            engine.ledger(LEDGER).createTransfer(5000, 1, 2, 1, 1);
        }
        seal();
        final CommandRun prove = done("prove", "--data", books, "--transfer", "5000");
        assertTrue(prove.out().startsWith("c2sp.org/tlog-proof@v1\n"), prove::toString);
        assertTrue(
            prove.err().contains("the id was used in entries [6, 7]; this is the receipt of 7"), prove::toString);
        assertTrue(done("prove", "--data", books, "--sequence", "6").err().contains("credit_account_not_found"));
        final String why = done("prove", "--data", books, "--sequence", "6", "--explain").err();
        assertTrue(why.contains("because: "), why);
        assertTrue(why.contains("  debit account 1 before: debits_posted "), why);
        assertFalse(why.contains("credit account 99 before"), why);
        assertRun(2, "no entry of a transfer with this id", "prove", "--data", books, "--transfer", "4999");
        assertRun(2, "does not cover the entry: sequence=8", "prove", "--data", books, "--sequence", "8");
        assertRun(2, "", "prove", "--data", books, "--transfer", "x");
        assertRun(2, "", "prove", "--data", books, "--transfer", "1", "--sequence", "1");
    }

    @Test
    void shouldProveThatHistoryWasOnlyAppendedTo() throws IOException
    {
        write(1, 10);
        seal();
        final Path old = Files.copy(
            books.resolve("shard-0").resolve("tree").resolve("checkpoint"), directory.resolve("old"));
        write(11, 20);
        seal();
        final Path proof = directory.resolve("proof");
        done("consistency", "--data", books, "--from", "13", "--out", proof);
        final CommandRun check = done("check", proof, "--old", old, "--key", vkey);
        assertTrue(check.out().startsWith("proven: history was only appended to from size 13 to 23"), check::toString);
        assertTrue(done("check", old, "--key", vkey).out().startsWith("proven: the checkpoint is signed"));
        final CommandRun whole = done("consistency", "--data", books, "--from", "0", "--to", "13");
        assertTrue(whole.out().startsWith("old 0\n\n"), whole::toString);

        assertRun(2, "needs --old", "check", proof, "--key", vkey);
        done("consistency", "--data", books, "--from", "12", "--out", proof);
        assertRun(1, "does not begin at the old checkpoint", "check", proof, "--old", old, "--key", vkey);
        assertRun(2, "no checkpoint of this size was signed: size=14; the 2 that were have sizes [13, 23]",
            "consistency", "--data", books, "--from", "1", "--to", "14");
        assertRun(2, "from 0 to that of the checkpoint, 23", "consistency", "--data", books, "--from", "24");
    }

    @Test
    void shouldMakeShowAndReplaceKeys() throws IOException
    {
        write(1, 1);
        final String first = done("key", "generate", "--data", books, "--out", key).out();
        assertTrue(first.startsWith("example/books/0+"), first);
        assertEquals(first, done("key", "show", key, "--data", books).out());
        assertTrue(done("key", "show", key).out().startsWith("example/books+"));
        assertRun(2, "there is a file already", "key", "generate", "--data", books, "--out", key);
        assertRun(2, "either --data or --name is needed", "key", "generate", "--out", directory.resolve("y"));
        assertRun(2, "no command was given", "key");

        final Path next = directory.resolve("next.key");
        final String second = done("key", "rotate", key, "--out", next, "--data", books).out();
        final SignedNote note = SignedNote.parse(Files.readAllBytes(directory.resolve("next.key.rotation")));
        final List<VerifierKey> both = List.of(
            VerifierKey.parse(done("key", "show", key).out().trim()),
            VerifierKey.parse(done("key", "show", next).out().trim()));
        assertEquals(both, note.requireSignedBy(both));
        assertTrue(note.text().contains("old " + both.get(0) + "\nnew " + both.get(1)), note.text());

        done("seal", "--data", books, "--key", key, "--key", next);
        final Path receipt = directory.resolve("receipt");
        done("prove", "--data", books, "--sequence", "0", "--out", receipt);
        done("check", receipt, "--key", first.trim());
        done("check", receipt, "--key", second.trim());
        final String witness = done(
            "key", "generate", "--name", "witness.example", "--witness", "--out", directory.resolve("w")).out();
        assertEquals(VerifierKey.WITNESS, VerifierKey.parse(witness.trim()).type());
    }

    @Test
    void shouldSayWhyNothingIsSealed() throws IOException
    {
        write(1, 1);
        assertRun(2, "nothing of shard 0 was signed", "prove", "--data", books, "--sequence", "0");
        assertRun(2, "the key file can not be read", "seal", "--data", books, "--key", key);
        done("key", "generate", "--name", "example/others", "--out", key);
        assertRun(2, "the key is not of this log", "seal", "--data", books, "--key", key);
        assertRun(2, "a key lies outside of the data directory", "seal", "--data", books, "--key", books.resolve("k"));
        assertRun(2, "there is no such directory", "seal", "--data", directory.resolve("none"), "--key", key);
        assertRun(2, "entries is at least 1", "seal", "--data", books, "--key", key, "--every-entries", "0");
    }

    @Test
    void shouldSealBesideAnEngineAndNeverSignTwoHistoriesThoughItIsKilled() throws Exception
    {
        write(1, 1);
        done("key", "generate", "--data", books, "--out", key);
        final VerifierKey trusted = VerifierKey.parse(done("key", "show", key, "--data", books).out().trim());
        final List<Checkpoint> seen = new ArrayList<>();
        try (LedgerEngine engine = launch())
        {
            long id = 100_000;
            for (int round = 0; round < 5; round++)
            {
                final Process sealer = CommandRun.fork(
                    List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"),
                    "seal", "--data", books, "--key", key, "--follow", "--every-ms", "1");
                final long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500 + 211 * round);
                while (System.nanoTime() < untilNs)
                {
                    engine.ledger(LEDGER).createTransfer(id++, 1, 2, 1, 1);
                    final SignedNote newest = new SignedCheckpoints(books, 0).newest();
                    if (newest != null)
                    {
                        seen.add(Checkpoint.of(newest, List.of(trusted)));
                    }
                }
                assertTrue(sealer.isAlive(), () -> read(sealer));
                if (round < 4)
                {
                    sealer.destroyForcibly().waitFor();
                }
                else
                {
                    sealer.destroy();
                    assertEquals(143, sealer.waitFor(), () -> read(sealer));
                    assertEquals(id - 100_000 + 4, newestSize(), "what is committed is sealed before the end");
                }
            }
        }
        seal();
        assertTrue(seen.get(seen.size() - 1).size() > seen.get(0).size(), seen.size() + " checkpoints seen");
        final List<SignedNote> all = new SignedCheckpoints(books, 0).all();
        try (Prover prover = new Prover(books, 0))
        {
            for (final Checkpoint each : seen)
            {
                prover.consistency(each.size()).proofTo(prover.head().size()).verify(each.root(), prover.head().root());
            }
            for (final SignedNote note : all)
            {
                final Checkpoint each = Checkpoint.of(note, List.of(trusted));
                prover.consistency(each.size()).proofTo(prover.head().size()).verify(each.root(), prover.head().root());
            }
        }
        assertTrue(all.size() > 10, all.size() + " checkpoints signed");
    }

    @Test
    void shouldPublishALogAndCheckItAndTheBooks() throws IOException
    {
        write(1, 300);
        seal();
        final Path log = directory.resolve("log");
        assertTrue(done("publish", "--data", books, "--out", log).out().startsWith("published origin=example/books/0"));
        for (final Path each : List.of(books, log))
        {
            final CommandRun clean = done("fsck", each, "--key", vkey);
            assertTrue(clean.out().contains("entries: 303 of 303\n"), clean::toString);
            assertTrue(clean.out().endsWith("provable: all 303 entries\nclean\n"), clean::toString);
        }
        assertTrue(done("fsck", log, "--unsigned").out().endsWith("clean, signatures not checked\n"));
        assertRun(2, "whom to trust is not known", "fsck", log);

        final Path bundle = log.resolve("tile/entries/000");
        final byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length - 9] ^= 1;
        Files.write(bundle, bytes);
        final CommandRun damaged = assertRun(1, "", "fsck", log, "--key", vkey);
        assertTrue(damaged.out().startsWith("DAMAGE: entry 255 is not the one that was signed"), damaged::toString);
        assertTrue(damaged.out().contains("\nfirst bad checkpoint: "), damaged::toString);
        assertTrue(damaged.out().contains("\nprovable: all entries but [255]"), damaged::toString);
        final JsonNode json = new JsonMapper().readTree(
            assertRun(1, "", "fsck", log, "--key", vkey, "--json").out());
        assertFalse(json.get("clean").asBoolean());
        assertEquals(303, json.get("first_bad_checkpoint").asInt());
    }

    @Test
    void shouldVerifyCheckpointsTooAndMakeAPageOfIt() throws IOException
    {
        write(1, 50);
        seal();
        final Path page = directory.resolve("report.html");
        final CommandRun clean = done("verify", "--data", books, "--key", vkey, "--html", page);
        assertTrue(clean.out().contains("shard 0: 1 checkpoints agree with the entries"), clean::toString);
        assertFalse(clean.out().contains("signatures were not checked"), clean::toString);
        final String html = Files.readString(page);
        assertTrue(html.contains("and the entries are those that were signed."), html);
        assertTrue(html.contains("<dt>Checkpoints that agree</dt><dd>1</dd>"), html);
        assertFalse(html.contains("http"), "needs nothing but itself");
        final JsonNode json = new JsonMapper().readTree(done("verify", "--data", books, "--json").out());
        assertTrue(json.get("checkpoints").get("0").get("clean").asBoolean());

        // The tree is changed, not the journal.
        final Path level = books.resolve("shard-0").resolve("tree").resolve("level-0");
        final byte[] hashes = Files.readAllBytes(level);
        hashes[32 * 20] ^= 1;
        Files.write(level, hashes);
        final CommandRun damaged = assertRun(1, "", "verify", "--data", books, "--html", page);
        assertTrue(damaged.out().contains("DAMAGE of the log of shard 0: "), damaged::toString);
        assertTrue(damaged.out().endsWith("are not those that were signed\n"), damaged::toString);
        assertTrue(Files.readString(page).contains("class=\"bad\""), "says so at once");
    }

    @Test
    void shouldTakeTheOriginAndTheIdentityOfALog()
    {
        final Path other = directory.resolve("other");
        done("init", "--data", other, "--origin", "example.org/x", "--log-uuid",
            "6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001");
        assertTrue(done("key", "generate", "--data", other, "--out", directory.resolve("k")).out()
            .startsWith("example.org/x/0+"));
        assertTrue(done("verify", "--data", other).out().contains("log 6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001"));
        assertRun(2, "", "init", "--data", directory.resolve("z"), "--origin", "Not An Origin");
    }

    @Test
    void shouldDrawASample() throws IOException
    {
        write(1, 100);
        seal();
        final Path sample = directory.resolve("sample");
        final CommandRun drawn = done("audit", "sample", "--data", books, "--size", "12", "--out", sample);
        assertTrue(drawn.out().contains("12 receipts in " + sample), drawn::toString);
        try (Stream<Path> receipts = Files.list(sample))
        {
            final List<Path> files = receipts.toList();
            assertEquals(12, files.size());
            files.forEach(file -> done("check", file, "--key", vkey));
        }
        final Path old = Files.copy(
            books.resolve("shard-0").resolve("tree").resolve("checkpoint"), directory.resolve("old"));
        write(101, 200);
        seal();
        assertEquals(drawn.out(), done(
            "audit", "sample", "--data", books, "--size", "12", "--checkpoint", old, "--out", sample).out());
        assertRun(2, "at least one entry", "audit", "sample", "--data", books, "--size", "0", "--out", sample);
        assertRun(2, "no command was given", "audit");
    }

    @Test
    void shouldBeCosignedByAWitnessOfItsOwnProcess() throws Exception
    {
        write(1, 10);
        seal();
        final Path witnessKey = directory.resolve("witness.key");
        final String witnessVkey = done(
            "key", "generate", "--witness", "--name", "witness.example", "--out", witnessKey).out().trim();
        final Path state = directory.resolve("witness");
        final Path policy = directory.resolve("policy");
        assertRun(2, "no checkpoint of shard 0 was cosigned",
            "prove", "--data", books, "--sequence", "1", "--witnessed");
        String receipt = "";
        for (int round = 0; round < 2; round++)
        {
            final Process witness = CommandRun.fork(
                List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"),
                "witness", "--witness-key", witnessKey, "--key", vkey, "--state", state, "--listen", "127.0.0.1:0");
            try
            {
                final String line = new BufferedReader(
                    new InputStreamReader(witness.getInputStream(), StandardCharsets.UTF_8)).readLine();
                assertTrue(line.startsWith("cosigning at http://127.0.0.1:"), line);
                final String url = line.substring("cosigning at ".length(), line.indexOf(" as "));
                Files.writeString(
                    policy, Files.readString(vkey).replace("example/", "log example/") +
                    "witness W " + witnessVkey + " " + url + "\nquorum W\n");
                done("seal", "--data", books, "--key", key, "--policy", policy);
                final Path file = directory.resolve("receipt-" + round);
                done("prove", "--data", books, "--sequence", "5", "--witnessed", "--out", file);
                receipt = Files.readString(file);
                final CommandRun check = done("check", file, "--policy", policy);
                assertTrue(check.out().contains("cosigned by: W at 20"), check::toString);
            }
            finally
            {
                witness.destroyForcibly().waitFor();
            }
            write(20 + round, 25 + round);
            done("seal", "--data", books, "--key", key);
        }
        assertTrue(receipt.contains("\n19\n"), receipt);
        final Path bare = directory.resolve("bare");
        done("prove", "--data", books, "--sequence", "5", "--out", bare);
        assertRun(1, "the cosignatures do not make the quorum 'W'", "check", bare, "--policy", policy);
        assertRun(5, "not cosigned by as many witnesses",
            "seal", "--data", books, "--key", key, "--policy", policy, "--witness-timeout-ms", "300");
        assertRun(2, "--listen HOST:PORT is needed",
            "witness", "--witness-key", witnessKey, "--key", vkey, "--state", state);
        assertRun(2, "an address is written HOST:PORT",
            "witness", "--witness-key", witnessKey, "--key", vkey, "--state", state, "--listen", "127.0.0.1:66000");
        assertRun(2, "the key is one of a log",
            "witness", "--witness-key", key, "--key", vkey, "--state", state, "--listen", "127.0.0.1:0");
    }

    @Test
    void shouldSealWhileItImports() throws IOException
    {
        write(1, 1);
        done("key", "generate", "--data", books, "--out", key);
        final Path transfers = Files.writeString(
            directory.resolve("transfers.csv"),
            "id,debit_account_id,credit_account_id,amount,ledger,code\n7001,1,2,5,840,1\n7002,2,1,5,840,1\n");
        done("import", "--data", books, "--transfers", transfers, "--durability", "os", "--seal-key", key);
        assertEquals(6, newestSize());
        done("prove", "--data", books, "--transfer", "7002");
        assertRun(2, "--seal-policy needs --seal-key", "import", "--data", books, "--transfers", transfers,
            "--seal-policy", vkey);
        assertRun(2, "the policy can not be used", "import", "--data", books, "--transfers", transfers,
            "--seal-key", key, "--seal-policy", transfers);
    }

    @Test
    void shouldAskWhichShardIsMeant()
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            config().shardCount(2).place(840, 0).place(978, 1)))
        {
            engine.ledger(840).createAccount(1, 1, 0);
            engine.ledger(978).createAccount(1, 1, 0);
        }
        done("key", "generate", "--data", books, "--out", key);
        assertEquals(2, done("key", "show", key, "--data", books).out().lines().count());
        final CommandRun seal = done("seal", "--data", books, "--key", key);
        assertEquals(2, seal.out().lines().filter(line -> line.contains("size=2")).count(), seal::toString);
        assertRun(2, "there are 2 shards here", "prove", "--data", books, "--sequence", "1");
        assertTrue(done("prove", "--data", books, "--ledger", "978", "--sequence", "1").out()
            .contains("\nexample/books/1\n2\n"));
        assertTrue(done("consistency", "--data", books, "--shard", "0", "--from", "1").out()
            .contains("\nexample/books/0\n2\n"));
        assertRun(2, "shards are 0 to 1", "prove", "--data", books, "--shard", "2", "--sequence", "1");
    }

    private long newestSize()
    {
        return Checkpoint.parse(new SignedCheckpoints(books, 0).newest().text()).size();
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(books).origin("example/books").durability(Durability.OS);
    }

    private LedgerEngine launch()
    {
        return LedgerEngine.launch(config());
    }

    /** Two accounts, and transfers with ids from 1001 on that move 1, 2, 3 and so on. */
    private void write(final int from, final int to)
    {
        try (LedgerEngine engine = launch())
        {
            if (from == 1)
            {
                engine.ledger(LEDGER).createAccount(1, 1, 0);
                engine.ledger(LEDGER).createAccount(2, 1, 0);
            }
            for (int i = from; i <= to; i++)
            {
                engine.ledger(LEDGER).createTransfer(1_000 + i, 1, 2, i, 1);
            }
        }
    }

    private void seal()
    {
        if (!Files.exists(key))
        {
            final String text = done("key", "generate", "--data", books, "--out", key).out();
            OutputFile.write(vkey, ("# a comment\n" + text).getBytes(StandardCharsets.UTF_8));
        }
        done("seal", "--data", books, "--key", key);
    }

    private static CommandRun done(final Object... args)
    {
        return assertRun(0, "", args);
    }

    private static CommandRun assertRun(final int exitCode, final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
        assertFalse(run.err().contains("error of our own"), run::toString);
        return run;
    }

    private static String read(final Process process)
    {
        try
        {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            return ex.toString();
        }
    }
}
