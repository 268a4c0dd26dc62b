package io.seriatim.tools;

/**
 * What an account and a transfer have in common as a row of a file: a plain object that is filled again for every
 * row. Numbers are unsigned; a high and a low half make 128 bits.
 */
public abstract sealed class Row permits AccountRow, TransferRow
{
    /** Line of the row in its file, from 1; the header is line 1. */
    public long line;

    /** Id, chosen by the caller. High half. */
    public long idHigh;

    /** Low half of the id. */
    public long idLow;

    /** Free for the caller. High half. */
    public long userData128High;

    /** Low half. */
    public long userData128Low;

    /** Free for the caller. */
    public long userData64;

    /** Free for the caller. */
    public int userData32;

    /** Number of the ledger. */
    public int ledger;

    /** Kind of account or transfer, from 0 to 65,535. */
    public int code;

    /** Bits as the ledger knows them, from 0 to 65,535. */
    public int flags;

    /** Booking time if imported, else 0. */
    public long timestampNs;

    /**
     * Does the row belong together with the one after it?
     *
     * @return true if it has the flag.
     */
    public abstract boolean isLinked();

    /**
     * Does the row bring its own timestamp?
     *
     * @return true if it has the flag.
     */
    public abstract boolean isImported();
}
