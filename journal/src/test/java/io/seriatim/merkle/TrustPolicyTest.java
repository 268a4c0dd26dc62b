package io.seriatim.merkle;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Policies of trust: which cosignatures make a quorum, and what a policy may not say.
 */
class TrustPolicyTest
{
    private static final String TEXT = new Checkpoint("example/books", 1, new byte[32]).toText();

    private final NoteSigner log = NoteSigner.generate("example/books", VerifierKey.LOG);
    private final List<NoteSigner> witnesses = new ArrayList<>();

    TrustPolicyTest()
    {
        for (int i = 0; i < 4; i++)
        {
            witnesses.add(NoteSigner.generate("witness" + i + ".example", VerifierKey.WITNESS));
        }
    }

    @Test
    void shouldAskForTheQuorumThatGroupsMake()
    {
        final TrustPolicy policy = policy(
            "# a comment", "", "\tlog  " + log.verifierKey() + " https://example/books", witness(0), witness(1),
            witness(2), "witness W3 " + key(3) + " https://w3.example/", "group two 2 W0 W1 W2",
            "group both all two W3", "quorum both");
        assertEquals(List.of(log.verifierKey()), policy.logs());
        assertEquals("https://w3.example/", policy.witnesses().get(3).url());
        assertEquals("", policy.witnesses().get(0).url());

        assertEquals(List.of("W0", "W2", "W3"), policy.requireQuorum(signedBy(0, 2, 3)));
        assertTrue(policy.isQuorum(signedBy(0, 1, 2, 3)));
        assertFalse(policy.isQuorum(signedBy(0, 1, 2)));
        assertFalse(policy.isQuorum(signedBy(0, 3)));
        assertFalse(policy.isQuorum(signedBy()));
        final ProofException ex = assertThrows(ProofException.class, () -> policy.requireQuorum(signedBy(0, 3)));
        assertTrue(ex.getMessage().contains("signed by [W0, W3] of [W0, W1, W2, W3]"), ex.getMessage());
    }

    @Test
    void shouldKnowAnyAndOneAndNone()
    {
        final TrustPolicy any = policy(witness(0), witness(1), "group g any W0 W1", "quorum g");
        assertTrue(any.isQuorum(signedBy(1)));
        assertFalse(any.isQuorum(signedBy(2)));
        final TrustPolicy one = policy(witness(0), "quorum W0");
        assertTrue(one.isQuorum(signedBy(0)));
        assertFalse(one.isQuorum(signedBy(1)));
        assertTrue(policy("quorum none").isQuorum(signedBy()));
    }

    @Test
    void shouldRefuseACosignatureThatIsNotOfThisCheckpoint()
    {
        final SignedNote note = new SignedNote(TEXT, List.of(witnesses.get(0).sign("another\n", 7)));
        final TrustPolicy policy = policy(witness(0), "quorum none");
        assertThrows(ProofException.class, () -> policy.requireQuorum(note));
    }

    @Test
    void shouldNameTheLineThatIsWrong()
    {
        assertRefused("one line 'quorum'", "log " + log.verifierKey());
        assertRefused("line 2 of the policy: there is a quorum already", "quorum none", "quorum none");
        assertRefused("line 1 of the policy: a line begins with", "quorums none");
        assertRefused("line 1 of the policy: no witness or group", "quorum W0");
        assertRefused("no witness or group", "quorum W0", witness(0));
        assertRefused("the line is written 'quorum NAME|none'", "quorum");
        assertRefused("the line is written 'quorum NAME|none'", "quorum none none");
        assertRefused("the line is written 'log", "log");
        assertRefused("the line is written 'log", "log a b c");
        assertRefused("the line is written 'witness", "witness W0");
        assertRefused("the line is written 'group", witness(0), "group g any");
        assertRefused("not a key of a log", "log " + key(0));
        assertRefused("not a key of a witness", "witness W " + log.verifierKey());
        assertRefused("the key is there already", "log " + log.verifierKey(), "log " + log.verifierKey());
        assertRefused("the key is there already", witness(0), "witness W1 " + key(0));
        assertRefused("the name is taken: 'W0'", witness(0), "witness W0 " + key(1));
        assertRefused("the name is taken: 'none'", "witness none " + key(1));
        assertRefused("the name is taken: 'g'", witness(0), witness(1), "group g any W0", "group g any W1");
        assertRefused("'W0' is a member already", witness(0), "group g any W0", "group h any W0");
        assertRefused("'W0' is a member already", witness(0), "group g any W0 W0");
        assertRefused("from 1 to its number of members, 1: 2", witness(0), "group g 2 W0");
        assertRefused("from 1 to its number of members, 1: 0", witness(0), "group g 0 W0");
        assertRefused("the threshold of a group", witness(0), "group g some W0");
        assertRefused("no witness or group of that name on the lines before: 'none'", "group g any none");
        assertRefused("a control character: 0xd", "quorum none\r");
        assertRefused("a control character: 0x7f", "quorum none # \u007f");
        assertThrows(ProofException.class, () -> TrustPolicy.parse(new byte[TrustPolicy.LENGTH_MAX + 1]));
    }

    private String key(final int witness)
    {
        return witnesses.get(witness).verifierKey().toString();
    }

    private String witness(final int witness)
    {
        return "witness W" + witness + " " + key(witness);
    }

    private SignedNote signedBy(final int... signers)
    {
        final List<NoteSignature> signatures = new ArrayList<>(List.of(log.sign(TEXT, 0)));
        for (final int signer : signers)
        {
            signatures.add(witnesses.get(signer).sign(TEXT, 1_700_000_000L));
        }
        return new SignedNote(TEXT, signatures);
    }

    private static TrustPolicy policy(final String... lines)
    {
        return TrustPolicy.parse((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(final String reason, final String... lines)
    {
        final ProofException ex = assertThrows(ProofException.class, () -> policy(lines));
        assertTrue(ex.getMessage().contains(reason), ex.getMessage());
    }
}
