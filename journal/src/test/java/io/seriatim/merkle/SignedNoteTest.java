package io.seriatim.merkle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Notes, keys and signatures, against what another implementation has signed and against every way to write them wrong.
 */
class SignedNoteTest
{
    /** From the documentation of Go's package note. */
    private static final String GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private static final String GO_NOTE =
        "If you think cryptography is the answer to your problem,\n" +
        "then you don't know what your problem is.\n" +
        "\n" +
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ" +
        "nAM=\n";

    private static final String TEXT = "example/books\n12\nAAAA\n";

    private final NoteSigner log = NoteSigner.generate("example/books", VerifierKey.LOG);
    private final NoteSigner witness = NoteSigner.generate("witness.example", VerifierKey.WITNESS);

    @Test
    void shouldVerifyWhatAnotherImplementationHasSigned()
    {
        final SignedNote note = SignedNote.parse(bytes(GO_NOTE));
        final VerifierKey key = VerifierKey.parse(GO_KEY);
        assertEquals(List.of(key), note.requireSignedBy(List.of(key)));
        assertEquals(GO_KEY, key.toString());
        assertEquals(GO_NOTE, note.toString());
    }

    @Test
    void shouldSignAndVerify()
    {
        final SignedNote note = signed();
        final SignedNote read = SignedNote.parse(note.toBytes());
        assertEquals(TEXT, read.text());
        assertEquals(
            List.of(log.verifierKey(), witness.verifierKey()),
            read.requireSignedBy(List.of(witness.verifierKey(), log.verifierKey())));
        assertEquals(1_700_000_000L, VerifierKey.time(read.signatures().get(1).signature()));
        assertArrayEquals(note.toBytes(), read.toBytes());
    }

    @Test
    void shouldRefuseANoteOfWhichAnyBitIsFlipped()
    {
        final byte[] whole = new SignedNote(TEXT, List.of(log.sign(TEXT, 0))).toBytes();
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++)
        {
            final byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            final int place = bit;
            assertThrows(
                ProofException.class,
                () -> SignedNote.parse(flipped).requireSignedBy(List.of(log.verifierKey())), () -> "bit " + place);
        }
    }

    @Test
    void shouldRefuseACosignatureOfWhichAnyBitIsFlipped()
    {
        final byte[] signature = witness.sign(TEXT, 1_700_000_000L).signature();
        assertTrue(witness.verifierKey().isSignatureOf(TEXT, signature));
        for (int bit = 0; bit < signature.length * Byte.SIZE; bit++)
        {
            final byte[] flipped = signature.clone();
            flipped[bit / Byte.SIZE] ^= (byte)(1 << bit % Byte.SIZE);
            assertFalse(witness.verifierKey().isSignatureOf(TEXT, flipped), "bit " + bit);
        }
        assertFalse(witness.verifierKey().isSignatureOf(TEXT, new byte[71]));
    }

    @Test
    void shouldLookPastSignaturesOfOthersAndRefuseIfThereAreNoneElse()
    {
        final NoteSigner other = NoteSigner.generate("example/books", VerifierKey.LOG);
        final SignedNote note = new SignedNote(TEXT, List.of(other.sign(TEXT, 0), log.sign(TEXT, 0)));
        assertEquals(List.of(log.verifierKey()), note.requireSignedBy(List.of(log.verifierKey())));
        final ProofException ex = assertThrows(
            ProofException.class,
            () -> new SignedNote(TEXT, List.of(other.sign(TEXT, 0))).requireSignedBy(List.of(log.verifierKey())));
        assertTrue(ex.getMessage().startsWith("none of the signatures is by a key that is trusted"), ex.getMessage());
    }

    @Test
    void shouldCountASignerOnceHoweverOftenItHasSigned()
    {
        final SignedNote note = new SignedNote(
            TEXT, List.of(witness.sign(TEXT, 1), log.sign(TEXT, 0), witness.sign(TEXT, 2)));
        assertEquals(
            List.of(witness.verifierKey(), log.verifierKey()),
            note.signedBy(List.of(log.verifierKey(), witness.verifierKey())));
    }

    @Test
    void shouldPutANewSignatureInThePlaceOfThatOfTheSameKeyAlone()
    {
        final NoteSigner named = NoteSigner.generate("witness.example", VerifierKey.WITNESS);
        final NoteSignature newer = witness.sign(TEXT, 2);
        final SignedNote note = new SignedNote(
            TEXT, List.of(witness.sign(TEXT, 1), named.sign(TEXT, 1), log.sign(TEXT, 0))).with(List.of(newer));
        assertEquals(
            List.of(named.sign(TEXT, 1).toLine(), log.sign(TEXT, 0).toLine(), newer.toLine()),
            note.signatures().stream().map(NoteSignature::toLine).toList());
    }

    @Test
    void shouldRefuseANoteWithAWrongSignatureOfATrustedKeyBesideAGoodOne()
    {
        final NoteSignature wrong = new NoteSignature(
            "example/books", log.sign("another text\n", 0).bytes());
        final SignedNote note = new SignedNote(TEXT, List.of(log.sign(TEXT, 0), wrong));
        final ProofException ex = assertThrows(
            ProofException.class, () -> note.requireSignedBy(List.of(log.verifierKey())));
        assertTrue(ex.getMessage().contains("is not of this text"), ex.getMessage());
    }

    @Test
    void shouldTakeANewSignatureOfAKeyForItsOldOne()
    {
        final SignedNote note = signed().with(List.of(witness.sign(TEXT, 1_800_000_000L)));
        assertEquals(2, note.signatures().size());
        assertEquals(1_800_000_000L, VerifierKey.time(note.signatures().get(1).signature()));
    }

    @Test
    void shouldReadSixteenSignaturesAndRefuseMoreThanAHundred()
    {
        final NoteSignature signature = log.sign(TEXT, 0);
        final SignedNote note = new SignedNote(TEXT, Collections.nCopies(16, signature));
        assertEquals(16, SignedNote.parse(note.toBytes()).signatures().size());
        assertEquals(
            100, SignedNote.parse(new SignedNote(TEXT, Collections.nCopies(100, signature)).toBytes())
            .signatures().size());
        assertRefused("a note has at most 100 signatures", new SignedNote(
            TEXT, Collections.nCopies(101, signature)).toString());
    }

    @Test
    void shouldSayWhatIsWrongWithANote()
    {
        final String line = log.sign(TEXT, 0).toLine();
        assertRefused("there is no empty line", "text\n" + line);
        assertRefused("there is none", "text\n\n");
        assertRefused("a note ends in a line feed", TEXT + "\n" + line.substring(0, line.length() - 1));
        assertRefused("a signature line is an em dash", TEXT + "\n" + line + "- name AAAA\n");
        assertRefused("a signature line is an em dash", TEXT + "\n\u2014 name\n");
        assertRefused("a signature line is an em dash", TEXT + "\n\u2014  AAAA\n");
        assertRefused("the signature of name is not base64", TEXT + "\n\u2014 name A*AA\n");
        assertRefused("is not base64 as it has to be written", TEXT + "\n\u2014 name AAB=\n");
        assertRefused("the signature of name is too short: 4 bytes", TEXT + "\n\u2014 name AAAAAA==\n");
        assertRefused("a note has a control character: 0x7", "te\u0007xt\n\n" + line);
        assertRefused("a note has at most 65536 bytes", "x".repeat(SignedNote.LENGTH_MAX) + "\n\n" + line);
        final byte[] invalid = bytes(TEXT + "\n" + line);
        invalid[0] = (byte)0xff;
        assertEquals(
            "a note is not valid UTF-8",
            assertThrows(ProofException.class, () -> SignedNote.parse(invalid)).getMessage());
    }

    @Test
    void shouldTellKeysApart() throws Exception
    {
        final VerifierKey key = log.verifierKey();
        assertEquals(key, VerifierKey.parse(key.toString()));
        assertEquals(key.hashCode(), VerifierKey.parse(key.toString()).hashCode());
        assertNotEquals(key, NoteSigner.generate("example/books", VerifierKey.LOG).verifierKey());
        assertNotEquals(key, witness.verifierKey());
        assertNotEquals(key, new Object());
        final PublicKey published = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        assertEquals(
            VerifierKey.of("example", VerifierKey.LOG, published),
            VerifierKey.of("example", VerifierKey.LOG, published));
        assertNotEquals(
            VerifierKey.of("example", VerifierKey.LOG, published),
            VerifierKey.of("example", VerifierKey.WITNESS, published));
        assertEquals(VerifierKey.WITNESS, VerifierKey.parse(witness.verifierKey().toString()).type());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "name", "name+c74f20a3", "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpccQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T*"})
    void shouldRefuseAKeyThatIsNone(final String text)
    {
        assertThrows(ProofException.class, () -> VerifierKey.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a+b", "a\nb", "a\u0007b", "a\u00a0b", "a\u2003b", "a\u2028b"})
    void shouldRefuseANameThatALineOfASignatureCanNotHold(final String name)
    {
        assertEquals(
            "the name of a key is not empty and has neither spaces nor '+': '" + name + "'",
            assertThrows(ProofException.class, () -> log.named(name)).getMessage());
    }

    @Test
    void shouldKeepAKeyInAFile()
    {
        final NoteSigner read = NoteSigner.parse(witness.toText());
        assertEquals(witness.verifierKey(), read.verifierKey());
        assertArrayEquals(witness.sign(TEXT, 5).bytes(), read.sign(TEXT, 5).bytes());
        assertEquals(witness.toText(), read.toText());
        assertEquals(witness.verifierKey().toString(), witness.toString());
        assertTrue(witness.toText().lines().allMatch(line -> line.length() < 100), witness.verifierKey().toString());
    }

    @Test
    void shouldRefuseAKeyFileWhoseHalvesDoNotBelongTogether()
    {
        final NoteSigner other = NoteSigner.generate("example/books", VerifierKey.LOG);
        final String text = log.toText().replace(log.verifierKey().toString(), other.verifierKey().toString());
        assertTrue(
            assertThrows(ProofException.class, () -> NoteSigner.parse(text)).getMessage()
            .startsWith("the private key is not that of the verifier key beside it"));
        assertThrows(ProofException.class, () -> NoteSigner.parse(""));
        assertThrows(ProofException.class, () -> NoteSigner.parse(log.verifierKey().toString()));
        assertThrows(
            ProofException.class,
            () -> NoteSigner.parse("-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n" + log.verifierKey()));
        final ProofException ex = assertThrows(
            ProofException.class,
            () -> NoteSigner.parse(
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n" + log.verifierKey()));
        assertEquals("the private key is none of Ed25519 in PKCS#8: example/books", ex.getMessage());
    }

    private SignedNote signed()
    {
        final List<NoteSignature> signatures = new ArrayList<>();
        signatures.add(log.sign(TEXT, 0));
        signatures.add(witness.sign(TEXT, 1_700_000_000L));
        return new SignedNote(TEXT, signatures);
    }

    private static void assertRefused(final String reason, final String note)
    {
        final ProofException ex = assertThrows(ProofException.class, () -> SignedNote.parse(bytes(note)));
        assertTrue(ex.getMessage().contains(reason), ex.getMessage());
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
