package io.seriatim.sealing;

import com.sun.net.httpserver.HttpServer;
import io.seriatim.engine.Acknowledgement;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.DirectoryInUseException;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.NoteSignature;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.TrustPolicy;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Witnesses: what they sign and what they refuse, and an engine that waits for enough of them. */
@Timeout(120)
class WitnessTest
{
    private static final long NOW = 1_764_000_000L;
    private static final String LOG = SealedBooks.ORIGIN + "/0";

    @TempDir
    private Path root;
    private SealedBooks books;
    private final NoteSigner signer = NoteSigner.generate("witness.example", VerifierKey.WITNESS);
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    private final AtomicInteger requestCount = new AtomicInteger();

    @BeforeEach
    void makeBooks()
    {
        books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
    }

    @AfterEach
    void stop()
    {
        servers.forEach(server -> server.stop(0));
        witnesses.forEach(Witness::close);
    }

    @Test
    void shouldSignWhatGoesOnFromWhatItHasSigned()
    {
        final Witness witness = witness(Witness.Judge.CONSISTENCY_ALONE);
        final CheckpointRequest first = request(0);
        final Witness.Answer answer = witness.addCheckpoint(first.toBytes());
        assertEquals(200, answer.status());
        final SignedNote cosigned = first.checkpoint().with(List.of(NoteSignature.parse(answer.body().strip())));
        assertEquals(List.of(signer.verifierKey()), cosigned.signedBy(List.of(signer.verifierKey())));
        assertEquals(NOW, VerifierKey.time(cosigned.signatures().get(1).signature()));
        final long size = Checkpoint.parse(first.checkpoint().text()).size();
        assertEquals(size, witness.last(LOG).size());

        // Once more the same, as after an answer that was lost.
        assertEquals(200, witness.addCheckpoint(request(size).toBytes()).status());
        books.write(2);
        books.seal();
        assertEquals(200, witness.addCheckpoint(request(size).toBytes()).status());
        assertTrue(witness.last(LOG).size() > size);

        // It forgets nothing.
        witness.close();
        witnesses.clear();
        final Witness again = witness(Witness.Judge.CONSISTENCY_ALONE);
        final Witness.Answer rollBack = again.addCheckpoint(first.toBytes());
        assertEquals(409, rollBack.status());
        assertEquals(Witness.SIZE_TYPE, rollBack.type());
        assertEquals(again.last(LOG).size() + "\n", rollBack.body());
    }

    @Test
    void shouldRefuseWhatDoesNotGoOn()
    {
        final Witness witness = witness(Witness.Judge.CONSISTENCY_ALONE);
        final CheckpointRequest first = request(0);
        final Checkpoint head = Checkpoint.parse(first.checkpoint().text());
        assertEquals(400, witness.addCheckpoint("no request".getBytes(StandardCharsets.UTF_8)).status());
        assertEquals(400, witness.addCheckpoint(new CheckpointRequest(
            head.size() + 1, List.of(), first.checkpoint()).toBytes()).status());
        assertEquals(409, witness.addCheckpoint(new CheckpointRequest(
            1, List.of(), first.checkpoint()).toBytes()).status());
        assertEquals(422, witness.addCheckpoint(new CheckpointRequest(
            0, List.of(new byte[32]), first.checkpoint()).toBytes()).status());

        final NoteSigner log = LogKeys.read(books.keyFile()).named(LOG);
        final NoteSigner stranger = NoteSigner.generate(LOG, VerifierKey.LOG);
        assertEquals(403, witness.addCheckpoint(new CheckpointRequest(
            0, List.of(), head.signed(List.of(stranger))).toBytes()).status());
        final NoteSigner other = NoteSigner.generate("example/others/0", VerifierKey.LOG);
        assertEquals(404, witness.addCheckpoint(new CheckpointRequest(
            0, List.of(), new Checkpoint("example/others/0", 1, new byte[32]).signed(List.of(other))).toBytes())
            .status());
        assertNull(witness.last(LOG));

        assertEquals(200, witness.addCheckpoint(first.toBytes()).status());
        // The log's own key signs another history.
        final Checkpoint fork = new Checkpoint(LOG, head.size(), new byte[32]);
        assertEquals(409, witness.addCheckpoint(new CheckpointRequest(
            head.size(), List.of(), fork.signed(List.of(log))).toBytes()).status());
        final Checkpoint longer = new Checkpoint(LOG, head.size() + 1, new byte[32]);
        assertEquals(422, witness.addCheckpoint(new CheckpointRequest(
            head.size(), List.of(new byte[32]), longer.signed(List.of(log))).toBytes()).status());
        // Whoever asks from a size that it has never seen is told which one it has.
        final Witness.Answer unseen = witness.addCheckpoint(new CheckpointRequest(
            longer.size(), List.of(), longer.signed(List.of(log))).toBytes());
        assertEquals(409, unseen.status());
        assertEquals(head.size() + "\n", unseen.body());
        assertEquals(head.size(), witness.last(LOG).size());
    }

    @Test
    void shouldAskTheJudgeBeforeItSigns()
    {
        final Witness witness = witness(checkpoint -> new Witness.Answer(503, "text/plain", "not yet\n"));
        assertEquals("not yet\n", witness.addCheckpoint(request(0).toBytes()).body());
        assertNull(witness.last(LOG));
    }

    @Test
    void shouldSignOnlyWhatACopyHasComeToAsWell()
    {
        final long size = Checkpoint.parse(request(0).checkpoint().text()).size();
        final NoteSigner log = LogKeys.read(books.keyFile()).named(LOG);
        try (VerifiedCopy copy = new VerifiedCopy(books.copyTo(root.resolve("copy")).directory()))
        {
            final Witness witness = witness(copy);
            // A shard of which nothing was executed yet; one entry too few; then enough.
            assertEquals(503, witness.addCheckpoint(request(0).toBytes()).status());
            copy.verifiedUpTo(0, size - 2);
            final Witness.Answer early = witness.addCheckpoint(request(0).toBytes());
            assertEquals(503, early.status());
            assertTrue(early.body().contains("verified up to sequence " + (size - 2)), early::body);
            copy.verifiedUpTo(0, size - 1);

            final Checkpoint forged = new Checkpoint(LOG, size, new byte[32]);
            final Witness.Answer refused = witness.addCheckpoint(
                new CheckpointRequest(0, List.of(), forged.signed(List.of(log))).toBytes());
            assertEquals(422, refused.status());
            assertTrue(refused.body().contains("another root: size=" + size), refused::body);
            assertNull(witness.last(LOG));

            assertEquals(200, witness.addCheckpoint(request(0).toBytes()).status());
            assertEquals(size, witness.last(LOG).size());
        }
    }

    @Test
    void shouldWorkAloneAndWithAKeyOfAWitness()
    {
        witness(Witness.Judge.CONSISTENCY_ALONE);
        assertThrows(DirectoryInUseException.class, () -> witness(Witness.Judge.CONSISTENCY_ALONE));
        final NoteSigner log = LogKeys.read(books.keyFile());
        assertThrows(SealingException.class, () -> new Witness(
            log, List.of(), root.resolve("w"), Witness.Judge.CONSISTENCY_ALONE, () -> NOW));
    }

    @Test
    void shouldAnswerWhenEnoughWitnessesHaveSigned() throws IOException
    {
        final List<NoteSigner> signers = List.of(
            signer, NoteSigner.generate("w2.example", VerifierKey.WITNESS),
            NoteSigner.generate("w3.example", VerifierKey.WITNESS));
        final StringBuilder policy = new StringBuilder("log " + books.keys(0).get(0) + "\n");
        for (int i = 0; i < signers.size(); i++)
        {
            // The last one is not there.
            final String url = i == 2 ? "http://127.0.0.1:1/" : serve(signers.get(i), i);
            policy.append("witness W").append(i).append(' ').append(signers.get(i).verifierKey()).append(' ')
                .append(url).append('\n');
        }
        policy.append("group enough 2 W0 W1 W2\nquorum enough\n");
        final Path policyFile = Files.writeString(root.resolve("policy"), policy);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books.directory(), 1)
            .sealing(books.sealing().intervalNs(1_000_000).policyFile(policyFile))))
        {
            final Ledger ledger = engine.ledger(TestBooks.LEDGERS[0]);
            final Ledger witnessed = ledger.acknowledgedAt(Acknowledgement.WITNESSED);
            for (int i = 0; i < 20; i++)
            {
                final long sequence = witnessed.createTransfer(
                    800_000 + i, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1).sequence();
                assertTrue(engine.witnessedSize(0) > sequence);
                assertTrue(engine.checkpointedSize(0) > sequence);
            }
            assertNull(engine.sealingFailure());
        }
        final SignedNote note = new SignedCheckpoints(books.directory(), 0).witnessed();
        final TrustPolicy trust = TrustPolicy.parse(policy.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("W0", "W1"), trust.requireQuorum(note));
        try (Prover prover = new Prover(books.directory(), 0, note))
        {
            assertTrue(trust.isQuorum(prover.receipt(3).checkpoint()));
        }
        assertTrue(requestCount.get() >= 40, "requests: " + requestCount);
    }

    @Test
    void shouldBringAWitnessUpToDateThatHasSignedBefore() throws IOException
    {
        final String url = serve(signer, 0);
        final Path policyFile = Files.writeString(
            root.resolve("policy"), "witness W " + signer.verifierKey() + " " + url + "\nquorum W\n");
        for (int round = 2; round < 5; round++)
        {
            books.write(round);
            // Each client begins without knowing what the witness has.
            try (WitnessClient client = new WitnessClient(
                TrustPolicy.parse(Files.readAllBytes(policyFile)), books.directory()))
            {
                books.seal();
                final SignedNote newest = new SignedCheckpoints(books.directory(), 0).newest();
                client.submit(0, newest);
                final long size = Checkpoint.parse(newest.text()).size();
                while (client.witnessedSize(0) < size)
                {
                    Thread.onSpinWait();
                }
                assertEquals(newest.text(), client.poll(0).text());
                assertNull(client.poll(0));
            }
            assertEquals(Checkpoint.parse(new SignedCheckpoints(books.directory(), 0).newest().text()).size(),
                witnesses.get(0).last(LOG).size());
        }
    }

    @Test
    void shouldNotTakeASignatureOfSomebodyElse() throws IOException
    {
        final NoteSigner other = NoteSigner.generate("witness.example", VerifierKey.WITNESS);
        final String url = serve(other, 0);
        try (WitnessClient client = new WitnessClient(policyOf(url), books.directory()))
        {
            client.submit(0, new SignedCheckpoints(books.directory(), 0).newest());
            while (requestCount.get() < 3)
            {
                Thread.onSpinWait();
            }
            assertEquals(0, client.witnessedSize(0));
            assertNull(client.poll(0));
            assertTrue(client.isAsking());
        }
        assertThrows(IllegalArgumentException.class, () -> new WitnessClient(
            TrustPolicy.parse(("witness W " + signer.verifierKey() + "\nquorum W\n").getBytes(StandardCharsets.UTF_8)),
            books.directory()));
        assertFalse(CosignatureCollector.NONE.isAsking());
    }

    /** Each of these answers is no reason to stop asking, nor to believe that it has signed. */
    @Test
    void shouldGoOnAskingWhateverAWitnessAnswersUntilItHasSigned() throws IOException
    {
        final SignedNote newest = new SignedCheckpoints(books.directory(), 0).newest();
        final long size = Checkpoint.parse(newest.text()).size();
        final String foreign = NoteSigner.generate("other.example", VerifierKey.WITNESS)
            .sign(newest.text(), NOW).toLine();
        final Deque<Witness.Answer> answers = new ArrayDeque<>(List.of(
            answer(503, "1"),
            answer(409, "some other size"),
            answer(409, "0"),
            answer(409, Long.toString(size + 1)),
            answer(409, "1"),
            answer(200, foreign),
            answer(200, foreign + signer.sign(newest.text(), NOW).toLine())));
        final List<CheckpointRequest> requests = new CopyOnWriteArrayList<>();
        final String url = serve(request ->
        {
            requests.add(CheckpointRequest.parse(request));
            return answers.remove();
        });
        try (WitnessClient client = new WitnessClient(policyOf(url), books.directory()))
        {
            client.submit(0, newest);
            while (client.witnessedSize(0) < size)
            {
                assertTrue(requests.size() <= 7, "it asks again, though the witness has signed");
                Thread.onSpinWait();
            }
            final SignedNote signed = client.poll(0);
            assertEquals(newest.text(), signed.text());
            assertEquals(List.of(signer.verifierKey()), signed.signedBy(List.of(signer.verifierKey())));
            assertTrue(signed.signatures().stream().noneMatch(each -> each.name().equals("other.example")));
        }
        assertTrue(answers.isEmpty());
        // It was told of another size once, and asked for the way from there.
        assertEquals(
            List.of(0L, 0L, 0L, 0L, 0L, 1L, 1L), requests.stream().map(CheckpointRequest::oldSize).toList());
    }

    @Test
    void shouldSealUpToAnEndAndThenWaitForItsWitnesses() throws IOException
    {
        books.write(2);
        final Witness witness = witness(Witness.Judge.CONSISTENCY_ALONE);
        final CountDownLatch isAwake = new CountDownLatch(1);
        final String url = serve(request ->
        {
            await(isAwake);
            return witness.addCheckpoint(request);
        });
        final Sealer sealer = new Sealer(
            JournalDirectories.journalsOf(books.directory()).get(0), books.config().isBounded(true),
            new WitnessClient(policyOf(url), books.directory()));
        sealer.onStart();
        for (int pass = 0; pass < 100; pass++)
        {
            sealer.doWork();
        }
        assertTrue(sealer.isFinished());
        assertFalse(sealer.isEnded(), "no witness has signed");
        assertEquals(books.treeOf(0).size(), sealer.checkpointedSize(0));
        assertEquals(0, sealer.witnessedSize(0));
        isAwake.countDown();
        while (!sealer.isEnded())
        {
            sealer.doWork();
        }
        assertEquals(sealer.checkpointedSize(0), sealer.witnessedSize(0));
        sealer.onClose();
        assertNull(sealer.failure());
    }

    @Test
    void shouldTakeTheSignatureOfTheKeyOfThePolicyAlone() throws IOException
    {
        final SignedNote newest = new SignedCheckpoints(books.directory(), 0).newest();
        final NoteSigner namesake = NoteSigner.generate("witness.example", VerifierKey.WITNESS);
        final Deque<Witness.Answer> answers = new ArrayDeque<>(List.of(
            answer(503, "1"),
            answer(200, namesake.sign(newest.text(), NOW).toLine() + signer.sign(newest.text(), NOW).toLine())));
        final List<CheckpointRequest> requests = new CopyOnWriteArrayList<>();
        final String url = serve(request ->
        {
            requests.add(CheckpointRequest.parse(request));
            return answers.remove();
        });
        try (WitnessClient client = new WitnessClient(policyOf(url), books.directory()))
        {
            client.submit(0, newest);
            final SignedNote signed = pollOf(client);
            assertEquals(
                newest.with(List.of(signer.sign(newest.text(), NOW))).toString(), signed.toString());
        }
        // A number is the size of its tree in an answer 409 alone.
        assertEquals(List.of(0L, 0L), requests.stream().map(CheckpointRequest::oldSize).toList());
    }

    @Test
    void shouldNotCountALateSignatureForTheCheckpointThatCameMeanwhile() throws Exception
    {
        final NoteSigner lateSigner = NoteSigner.generate("late.example", VerifierKey.WITNESS);
        final Witness witness = witness(Witness.Judge.CONSISTENCY_ALONE);
        final Witness late = new Witness(
            lateSigner, books.keys(0), root.resolve("late"), Witness.Judge.CONSISTENCY_ALONE, () -> NOW);
        witnesses.add(late);
        final List<SignedNote> notes = new ArrayList<>();
        for (int round = 2; round < 5; round++)
        {
            notes.add(new SignedCheckpoints(books.directory(), 0).newest());
            books.write(round);
            books.seal();
        }
        final CountDownLatch isLate = new CountDownLatch(1);
        final CountDownLatch isAskedAgain = new CountDownLatch(2);
        final List<CheckpointRequest> lateRequests = new CopyOnWriteArrayList<>();
        final String url = serve(request ->
        {
            if (CheckpointRequest.parse(request).checkpoint().text().equals(notes.get(2).text()))
            {
                await(isAskedAgain);
            }
            return witness.addCheckpoint(request);
        });
        final String lateUrl = serve(request ->
        {
            lateRequests.add(CheckpointRequest.parse(request));
            isAskedAgain.countDown();
            await(isLate);
            return late.addCheckpoint(request);
        });
        final String policy = "witness W0 " + signer.verifierKey() + " " + url + "\nwitness W1 " +
            lateSigner.verifierKey() + " " + lateUrl + "\nquorum W0\n";
        final List<VerifierKey> keys = List.of(signer.verifierKey(), lateSigner.verifierKey());
        try (WitnessClient client = new WitnessClient(
            TrustPolicy.parse(policy.getBytes(StandardCharsets.UTF_8)), books.directory()))
        {
            for (final SignedNote note : notes.subList(0, 2))
            {
                client.submit(0, note);
                final SignedNote signed = pollOf(client);
                assertEquals(note.text(), signed.text());
                assertEquals(List.of(signer.verifierKey()), signed.signedBy(keys));
            }
            isLate.countDown();
            client.submit(0, notes.get(2));
            SignedNote signed = pollOf(client);
            while (signed.signedBy(keys).size() < 2)
            {
                assertEquals(notes.get(2).text(), signed.text());
                signed = pollOf(client);
            }
            assertEquals(notes.get(2).text(), signed.text());
        }
        // It is not asked for the one that was signed by enough without it, and goes on from what it has signed.
        assertEquals(
            List.of(0L, Checkpoint.parse(notes.get(0).text()).size()),
            lateRequests.stream().map(CheckpointRequest::oldSize).toList());
    }

    @Test
    void shouldAskOnlyOverHttp()
    {
        for (final String url : List.of("ftp://127.0.0.1/", "127.0.0.1"))
        {
            final IllegalArgumentException ex = assertThrows(
                IllegalArgumentException.class, () -> new WitnessClient(policyOf(url), books.directory()));
            assertEquals(
                "a witness that is to be asked has an http or https URL in the policy: witness=W, url='" + url + "'",
                ex.getMessage());
        }
        new WitnessClient(policyOf("https://127.0.0.1:1/"), books.directory()).close();
    }

    private static SignedNote pollOf(final WitnessClient client)
    {
        SignedNote signed = client.poll(0);
        while (signed == null)
        {
            Thread.onSpinWait();
            signed = client.poll(0);
        }
        return signed;
    }

    private static void await(final CountDownLatch latch)
    {
        try
        {
            latch.await();
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static Witness.Answer answer(final int status, final String body)
    {
        return new Witness.Answer(status, "text/plain", body);
    }

    private TrustPolicy policyOf(final String url)
    {
        return TrustPolicy.parse(
            ("witness W " + signer.verifierKey() + " " + url + "\nquorum W\n").getBytes(StandardCharsets.UTF_8));
    }

    private Witness witness(final Witness.Judge judge)
    {
        final Witness witness = new Witness(signer, books.keys(0), root.resolve("witness"), judge, () -> NOW);
        witnesses.add(witness);
        return witness;
    }

    private CheckpointRequest request(final long oldSize)
    {
        try (Prover prover = new Prover(books.directory(), 0))
        {
            return prover.consistency(oldSize);
        }
    }

    private String serve(final NoteSigner key, final int number) throws IOException
    {
        final Witness witness = new Witness(
            key, books.keys(0), root.resolve("witness-" + number), Witness.Judge.CONSISTENCY_ALONE, () -> NOW);
        witnesses.add(witness);
        return serve(witness::addCheckpoint);
    }

    private String serve(final Function<byte[], Witness.Answer> witness) throws IOException
    {
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.createContext("/add-checkpoint", exchange ->
        {
            requestCount.incrementAndGet();
            final Witness.Answer answer = witness.apply(exchange.getRequestBody().readAllBytes());
            final byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
