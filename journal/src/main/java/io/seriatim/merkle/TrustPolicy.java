package io.seriatim.merkle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which logs are trusted, and cosignatures of which witnesses make a checkpoint count.
 * <p>
 * Shape: lines: {@code log VKEY [URL]}; {@code witness NAME VKEY [URL]};
 * {@code group NAME all|any|K MEMBER...}; {@code quorum NAME|none}. Empty lines and those that begin with # are looked
 * past.<br>
 * Threads: immutable.<br>
 * Source: C2SP, tlog-policy.
 */
public final class TrustPolicy
{
    /** Most bytes of a policy that is read. */
    public static final int LENGTH_MAX = 1 << 18;

    private static final String NONE = "none";

    /**
     * A witness of the policy.
     *
     * @param name in the policy.
     * @param key  of the witness.
     * @param url  where it takes checkpoints; empty if the policy does not say.
     */
    public record Witness(String name, VerifierKey key, String url)
    {
    }

    /** So many of the members have to have signed. */
    private record Group(int threshold, List<String> members)
    {
    }

    private final List<VerifierKey> logs = new ArrayList<>();
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Set<String> members = new HashSet<>();
    private String quorum;

    private TrustPolicy()
    {
    }

    /**
     * Read a policy.
     *
     * @param bytes of the file.
     * @return the policy.
     * @throws ProofException if it is none; the message names the line.
     */
    public static TrustPolicy parse(final byte[] bytes)
    {
        if (bytes.length > LENGTH_MAX)
        {
            throw new ProofException("a policy has at most " + LENGTH_MAX + " bytes; these are " + bytes.length);
        }
        final TrustPolicy policy = new TrustPolicy();
        // Names are bytes to the format: each becomes one character.
        final String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1);
        for (int i = 0; i < lines.length; i++)
        {
            try
            {
                policy.parseLine(lines[i]);
            }
            catch (final ProofException ex)
            {
                throw new ProofException("line " + (i + 1) + " of the policy: " + ex.getMessage(), ex);
            }
        }
        if (policy.quorum == null)
        {
            throw new ProofException("a policy has one line 'quorum', with a witness, a group or none");
        }
        return policy;
    }

    /**
     * Keys of the logs.
     *
     * @return in the order of the policy; may be empty.
     */
    public List<VerifierKey> logs()
    {
        return List.copyOf(logs);
    }

    /**
     * The witnesses.
     *
     * @return in the order of the policy; may be empty.
     */
    public List<Witness> witnesses()
    {
        return List.copyOf(witnesses.values());
    }

    /**
     * Check the cosignatures under a checkpoint.
     *
     * @param checkpoint as signed.
     * @return names of the witnesses that have signed it.
     * @throws ProofException if they do not make the quorum, or if a signature that says to be by one of them is not.
     */
    public List<String> requireQuorum(final SignedNote checkpoint)
    {
        final List<String> signed = signedBy(checkpoint);
        if (!isQuorum(checkpoint))
        {
            throw new ProofException(
                "the cosignatures do not make the quorum '" + quorum + "': signed by " + signed + " of " +
                witnesses.keySet());
        }
        return signed;
    }

    /**
     * Whether there are enough cosignatures under a checkpoint.
     *
     * @param checkpoint as signed.
     * @return true if the policy is content.
     * @throws ProofException if a signature that says to be by a witness is not.
     */
    public boolean isQuorum(final SignedNote checkpoint)
    {
        return NONE.equals(quorum) || hasWitnessed(quorum, new HashSet<>(signedBy(checkpoint)));
    }

    private List<String> signedBy(final SignedNote checkpoint)
    {
        final List<VerifierKey> keys = checkpoint.signedBy(
            witnesses.values().stream().map(Witness::key).toList());
        return witnesses.values().stream().filter(witness -> keys.contains(witness.key())).map(Witness::name).toList();
    }

    private boolean hasWitnessed(final String name, final Set<String> signed)
    {
        final Group group = groups.get(name);
        return group == null ? signed.contains(name) :
            group.members().stream().filter(member -> hasWitnessed(member, signed)).count() >= group.threshold();
    }

    private void parseLine(final String line)
    {
        for (int i = 0; i < line.length(); i++)
        {
            if (line.charAt(i) < ' ' && line.charAt(i) != '\t' || line.charAt(i) == 0x7f)
            {
                throw new ProofException("a control character: 0x" + Integer.toHexString(line.charAt(i)));
            }
        }
        final String trimmed = line.replace('\t', ' ').trim();
        if (trimmed.isEmpty() || trimmed.startsWith("#"))
        {
            return;
        }
        final String[] words = trimmed.split(" +");
        switch (words[0])
        {
            case "log":
                requireWords(words, 2, 3, "log VKEY [URL]");
                addLog(VerifierKey.parse(words[1]));
                break;
            case "witness":
                requireWords(words, 3, 4, "witness NAME VKEY [URL]");
                addWitness(new Witness(
                    newName(words[1]), VerifierKey.parse(words[2]), words.length > 3 ? words[3] : ""));
                break;
            case "group":
                requireWords(words, 4, Integer.MAX_VALUE, "group NAME all|any|K MEMBER...");
                addGroup(words);
                break;
            case "quorum":
                requireWords(words, 2, 2, "quorum NAME|none");
                if (quorum != null)
                {
                    throw new ProofException("there is a quorum already: " + quorum);
                }
                quorum = NONE.equals(words[1]) ? NONE : knownName(words[1]);
                break;
            default:
                throw new ProofException("a line begins with log, witness, group or quorum: '" + words[0] + "'");
        }
    }

    private void addLog(final VerifierKey key)
    {
        if (key.type() != VerifierKey.LOG)
        {
            throw new ProofException("not a key of a log, but of a witness: " + key);
        }
        if (logs.stream().anyMatch(key::isSameKey))
        {
            throw new ProofException("the key is there already: " + key);
        }
        logs.add(key);
    }

    private void addWitness(final Witness witness)
    {
        if (witness.key().type() != VerifierKey.WITNESS)
        {
            throw new ProofException("not a key of a witness, but of a log: " + witness.key());
        }
        if (witnesses.values().stream().anyMatch(other -> other.key().isSameKey(witness.key())))
        {
            throw new ProofException("the key is there already: " + witness.key());
        }
        witnesses.put(witness.name(), witness);
    }

    private void addGroup(final String[] words)
    {
        final String name = newName(words[1]);
        final List<String> names = new ArrayList<>();
        for (int i = 3; i < words.length; i++)
        {
            final String member = knownName(words[i]);
            if (!members.add(member))
            {
                throw new ProofException("'" + member + "' is a member already, here or in another group");
            }
            names.add(member);
        }
        groups.put(name, new Group(thresholdOf(words[2], names.size()), names));
    }

    private static int thresholdOf(final String word, final int count)
    {
        switch (word)
        {
            case "all":
                return count;
            case "any":
                return 1;
            default:
                final long threshold = CanonicalText.number(word, "the threshold of a group");
                if (threshold < 1 || threshold > count)
                {
                    throw new ProofException(
                        "the threshold of a group is from 1 to its number of members, " + count + ": " + word);
                }
                return (int)threshold;
        }
    }

    private String newName(final String name)
    {
        if (NONE.equals(name) || witnesses.containsKey(name) || groups.containsKey(name))
        {
            throw new ProofException("the name is taken: '" + name + "'");
        }
        return name;
    }

    private String knownName(final String name)
    {
        if (!witnesses.containsKey(name) && !groups.containsKey(name))
        {
            throw new ProofException("no witness or group of that name on the lines before: '" + name + "'");
        }
        return name;
    }

    private static void requireWords(final String[] words, final int min, final int max, final String form)
    {
        if (words.length < min || words.length > max)
        {
            throw new ProofException("the line is written '" + form + "'");
        }
    }
}
