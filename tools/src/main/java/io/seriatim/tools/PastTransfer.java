package io.seriatim.tools;

/**
 * A transfer that was made up and that a later one refers to.
 */
final class PastTransfer
{
    boolean isSet;
    long idHigh;
    long idLow;
    int payer;
    int payee;
    long amount;
    long userData64;
    int userData32;

    void set(final TransferRow row, final int newPayer, final int newPayee)
    {
        isSet = true;
        idHigh = row.idHigh;
        idLow = row.idLow;
        payer = newPayer;
        payee = newPayee;
        amount = row.amountLow;
        userData64 = row.userData64;
        userData32 = row.userData32;
    }
}
