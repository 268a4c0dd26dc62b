package io.seriatim.merkle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A text and the signatures under it.
 * <p>
 * Shape: text that ends in a line feed, an empty line, then one signature on each line.<br>
 * Source: C2SP, signed-note.
 *
 * @param text       that is signed, with its last line feed.
 * @param signatures of whoever signed it, known or not.
 */
public record SignedNote(String text, List<NoteSignature> signatures)
{
    /** Most bytes of a note that is read. */
    public static final int LENGTH_MAX = 1 << 16;

    private static final int SIGNATURES_MAX = 100;

    /**
     * Kept as given.
     */
    public SignedNote
    {
        signatures = List.copyOf(signatures);
    }

    /**
     * Read a note. Nothing of it may be believed before {@link #requireSignedBy}.
     *
     * @param bytes of the whole note.
     * @return the note.
     * @throws ProofException if it is none; the message says why.
     */
    public static SignedNote parse(final byte[] bytes)
    {
        return parse(bytes, LENGTH_MAX);
    }

    /**
     * Read a note that may be longer than those that are sent. Nothing of it may be believed before
     * {@link #requireSignedBy}.
     *
     * @param bytes     of the whole note.
     * @param lengthMax most bytes that are read.
     * @return the note.
     * @throws ProofException if it is none; the message says why.
     */
    public static SignedNote parse(final byte[] bytes, final int lengthMax)
    {
        final String whole = CanonicalText.utf8(bytes, lengthMax, "a note");
        final int end = whole.lastIndexOf("\n\n");
        if (end < 0)
        {
            throw new ProofException("a note has a text, an empty line and signatures: there is no empty line");
        }
        if (!whole.endsWith("\n") || end + 2 == whole.length())
        {
            throw new ProofException(
                whole.endsWith("\n") ? "a note has signatures: there is none" :
                "a note ends in a line feed: it is missing");
        }
        final List<NoteSignature> signatures = new ArrayList<>();
        for (final String line : whole.substring(end + 2, whole.length() - 1).split("\n", -1))
        {
            signatures.add(NoteSignature.parse(line));
        }
        if (signatures.size() > SIGNATURES_MAX)
        {
            throw new ProofException(
                "a note has at most " + SIGNATURES_MAX + " signatures; these are " + signatures.size());
        }
        return new SignedNote(whole.substring(0, end + 1), signatures);
    }

    /**
     * Check the signatures by keys that are trusted. Those by others are looked past.
     *
     * @param keys that are trusted.
     * @return the keys that have signed, at least one.
     * @throws ProofException if none has, or if a signature that says to be by one of them is not.
     */
    public List<VerifierKey> requireSignedBy(final Collection<VerifierKey> keys)
    {
        final List<VerifierKey> signers = signedBy(keys);
        if (signers.isEmpty())
        {
            throw new ProofException(
                "none of the signatures is by a key that is trusted: signed by " + names() + ", trusted are " + keys);
        }
        return signers;
    }

    /**
     * Check the signatures by some keys.
     *
     * @param keys to look for.
     * @return those that have signed; may be none.
     * @throws ProofException if a signature that says to be by one of them is not.
     */
    public List<VerifierKey> signedBy(final Collection<VerifierKey> keys)
    {
        final List<VerifierKey> signers = new ArrayList<>();
        for (final NoteSignature signature : signatures)
        {
            for (final VerifierKey key : keys)
            {
                if (signature.isBy(key))
                {
                    if (!key.isSignatureOf(text, signature.signature()))
                    {
                        throw new ProofException("the signature by " + key + " is not of this text, or was changed");
                    }
                    if (!signers.contains(key))
                    {
                        signers.add(key);
                    }
                }
            }
        }
        return signers;
    }

    /**
     * The note with more signatures under it; one by a key that is there already takes its place.
     *
     * @param more signatures.
     * @return a new note.
     */
    public SignedNote with(final Collection<NoteSignature> more)
    {
        final List<NoteSignature> joined = new ArrayList<>(signatures);
        for (final NoteSignature signature : more)
        {
            joined.removeIf(old -> old.name().equals(signature.name()) && old.keyId() == signature.keyId());
            joined.add(signature);
        }
        return new SignedNote(text, joined);
    }

    /**
     * The whole note.
     *
     * @return bytes of UTF-8.
     */
    public byte[] toBytes()
    {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString()
    {
        final StringBuilder whole = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> whole.append(signature.toLine()));
        return whole.toString();
    }

    private List<String> names()
    {
        return signatures.stream().map(NoteSignature::name).toList();
    }
}
