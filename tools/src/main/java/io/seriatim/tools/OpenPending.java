package io.seriatim.tools;

/**
 * A pending transfer that was made up and that a later row may post or void.
 */
final class OpenPending
{
    long idHigh;
    long idLow;
    int payer;
    int payee;
    long amount;

    /** Flag that it closed an account with; 0 if none. */
    int closing;

    void set(
        final TransferRow row, final int newPayer, final int newPayee, final long newAmount, final int newClosing)
    {
        idHigh = row.idHigh;
        idLow = row.idLow;
        payer = newPayer;
        payee = newPayee;
        amount = newAmount;
        closing = newClosing;
    }

    void set(final OpenPending other)
    {
        idHigh = other.idHigh;
        idLow = other.idLow;
        payer = other.payer;
        payee = other.payee;
        amount = other.amount;
        closing = other.closing;
    }
}
