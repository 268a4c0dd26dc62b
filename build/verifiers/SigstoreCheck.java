import dev.sigstore.encryption.signers.Verifiers;
import dev.sigstore.merkle.InclusionProofVerifier;
import dev.sigstore.rekor.client.Checkpoints;
import dev.sigstore.rekor.client.RekorEntry;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Checks receipts with sigstore-java, which is not ours: java SigstoreCheck.java VKEY-FILE RECEIPT... */
public final class SigstoreCheck
{
    public static void main(final String[] args) throws Exception
    {
        final String[] vkey = Files.readAllLines(Path.of(args[0])).get(0).split("\\+", 3);
        final byte[] encoded = Base64.getDecoder().decode(vkey[2]);
        final PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(
            HexFormat.of().parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(encoded, 1, 33))));
        try
        {
            for (int i = 1; i < args.length; i++)
            {
                check(Files.readString(Path.of(args[i])), vkey[0], HexFormat.of().parseHex(vkey[1]), key);
            }
            System.out.println((args.length - 1) + " receipts");
        }
        catch (final Exception ex)
        {
            System.out.println("rejected: " + ex.getMessage());
            System.exit(1);
        }
    }

    private static void check(final String text, final String name, final byte[] keyId, final PublicKey key)
        throws Exception
    {
        final int end = text.indexOf("\n\n");
        final String[] lines = text.substring(0, end).split("\n");
        final RekorEntry.Checkpoint checkpoint = Checkpoints.from(text.substring(end + 2));
        boolean isSigned = false;
        for (final RekorEntry.CheckpointSignature signature : checkpoint.getSignatures())
        {
            isSigned |= signature.getIdentity().equals(name) && Arrays.equals(signature.getKeyHint(), keyId) &&
                Verifiers.newVerifier(key).verify(
                    checkpoint.getSignedData().getBytes(StandardCharsets.UTF_8), signature.getSignature());
        }
        if (!isSigned)
        {
            throw new IllegalStateException("the checkpoint is not signed by " + name);
        }
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte)0);
        final byte[] leaf = digest.digest(Base64.getDecoder().decode(lines[1].substring("extra ".length())));
        final List<byte[]> hashes = new ArrayList<>();
        for (int i = 3; i < lines.length; i++)
        {
            hashes.add(Base64.getDecoder().decode(lines[i]));
        }
        InclusionProofVerifier.verify(
            leaf, Long.parseLong(lines[2].substring("index ".length())), checkpoint.getSize(), hashes,
            Base64.getDecoder().decode(checkpoint.getBase64Hash()));
    }
}
