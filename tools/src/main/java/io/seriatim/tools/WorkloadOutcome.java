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
    LINKED_EVENT_FAILED,

    /** It posts more than is pending; only if there are two-phase payments. */
    EXCEEDS_PENDING_TRANSFER_AMOUNT,

    /** It posts what does not exist; only if there are two-phase payments. */
    PENDING_TRANSFER_NOT_FOUND,

    /** What it voids was posted before; only if there are two-phase payments. */
    PENDING_TRANSFER_ALREADY_POSTED,

    /** What it voids was voided before; only if there are two-phase payments. */
    PENDING_TRANSFER_ALREADY_VOIDED,

    /** The payer is closed; only if accounts are closed. */
    DEBIT_ACCOUNT_ALREADY_CLOSED,

    /** The payee is closed; only if accounts are closed. */
    CREDIT_ACCOUNT_ALREADY_CLOSED
}
