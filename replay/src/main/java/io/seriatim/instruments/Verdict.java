package io.seriatim.instruments;

/**
 * Where the bottleneck is, and why that is said.
 *
 * @param bottleneck what keeps the whole from going faster.
 * @param evidence   the figures that say so, for a person.
 */
public record Verdict(Bottleneck bottleneck, String evidence)
{
    /** Before anything was seen. */
    public static final Verdict NONE = new Verdict(Bottleneck.BALANCED, "nothing was seen yet");
}
