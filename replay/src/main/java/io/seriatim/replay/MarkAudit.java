package io.seriatim.replay;

/**
 * A mark that says what the state was, against what the replay came to.
 *
 * @param sequence       of the last entry before the mark.
 * @param recordedDigest of the state, as the mark has it.
 * @param executedDigest of the state, as the replay came to it; empty if it did not come that far.
 * @param isEqual        whether digests and counts agree.
 */
public record MarkAudit(long sequence, String recordedDigest, String executedDigest, boolean isEqual)
{
}
