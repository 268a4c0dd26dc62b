package io.seriatim.tools;

/**
 * What is going to become of a transfer that was made up.
 */
public enum WorkloadOutcome
{
    /** It moves money. */
    CREATED,

    /** The payer has not enough. */
    EXCEEDS_CREDITS,

    /** It names an account that does not exist. */
    CREDIT_ACCOUNT_NOT_FOUND,

    /** It is there already. */
    EXISTS,

    /** Another member of its chain is refused. */
    LINKED_EVENT_FAILED
}
