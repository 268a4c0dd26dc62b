package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.Uint128;

/**
 * An account as a value: to create one, and as looked up. All numbers are unsigned.
 *
 * @param id             chosen by the caller; not 0 and not 2^128-1.
 * @param ledger         number of its ledger; 0 takes the ledger of the {@link Ledger} that creates it.
 * @param code           kind of account, 1 to 65535.
 * @param flags          bits of {@link AccountFlags}.
 * @param debitsPending  reserved by open pending transfers.
 * @param debitsPosted   posted.
 * @param creditsPending reserved by open pending transfers.
 * @param creditsPosted  posted.
 * @param userData128    free.
 * @param userData64     free.
 * @param userData32     free.
 * @param timestampNs    as looked up: when it was created; to create one: 0, unless imported.
 */
public record Account(
    Uint128 id,
    int ledger,
    int code,
    int flags,
    Uint128 debitsPending,
    Uint128 debitsPosted,
    Uint128 creditsPending,
    Uint128 creditsPosted,
    Uint128 userData128,
    long userData64,
    int userData32,
    long timestampNs)
{
    private static final int UINT16_MAX = 0xFFFF;

    /**
     * Checked: the entry has 16 bits for the code and 16 for the flags, and nothing given is cut off.
     *
     * @throws IllegalArgumentException if the code or the flags do not fit 16 bits.
     */
    public Account
    {
        if ((code & ~UINT16_MAX) != 0 || (flags & ~UINT16_MAX) != 0)
        {
            throw new IllegalArgumentException(
                "code and flags of an account must be from 0 to " + UINT16_MAX + ": id=" + id + ", code=" + code +
                ", flags=" + flags);
        }
    }

    /**
     * A new account without user data.
     *
     * @param id    chosen by the caller.
     * @param code  kind of account.
     * @param flags bits of {@link AccountFlags}.
     * @return an account of the ledger that creates it.
     */
    public static Account of(final Uint128 id, final int code, final int flags)
    {
        return new Account(
            id, 0, code, flags, Uint128.ZERO, Uint128.ZERO, Uint128.ZERO, Uint128.ZERO, Uint128.ZERO, 0, 0, 0);
    }

    /**
     * A new account without user data.
     *
     * @param id    chosen by the caller.
     * @param code  kind of account.
     * @param flags bits of {@link AccountFlags}.
     * @return an account of the ledger that creates it.
     */
    public static Account of(final long id, final int code, final int flags)
    {
        return of(Uint128.of(id), code, flags);
    }

    /**
     * The same account in a ledger.
     *
     * @param newLedger number of the ledger.
     * @return a copy.
     */
    public Account withLedger(final int newLedger)
    {
        return new Account(
            id, newLedger, code, flags, debitsPending, debitsPosted, creditsPending, creditsPosted, userData128,
            userData64, userData32, timestampNs);
    }

    /**
     * The same account with user data.
     *
     * @param newUserData128 free.
     * @param newUserData64  free.
     * @param newUserData32  free.
     * @return a copy.
     */
    public Account withUserData(final Uint128 newUserData128, final long newUserData64, final int newUserData32)
    {
        return new Account(
            id, ledger, code, flags, debitsPending, debitsPosted, creditsPending, creditsPosted, newUserData128,
            newUserData64, newUserData32, timestampNs);
    }

    /**
     * The same account with the caller's timestamp and the flag that goes with it.
     *
     * @param newTimestampNs when it was opened, in nanoseconds.
     * @return a copy.
     */
    public Account imported(final long newTimestampNs)
    {
        return new Account(
            id, ledger, code, flags | AccountFlags.IMPORTED, debitsPending, debitsPosted, creditsPending,
            creditsPosted, userData128, userData64, userData32, newTimestampNs);
    }

    @Override
    public String toString()
    {
        return "account " + id + ": ledger=" + Integer.toUnsignedString(ledger) + " code=" + code +
            " debits=" + debitsPosted + " credits=" + creditsPosted +
            (debitsPending.equals(Uint128.ZERO) ? "" : " debits_pending=" + debitsPending) +
            (creditsPending.equals(Uint128.ZERO) ? "" : " credits_pending=" + creditsPending) +
            (flags == 0 ? "" : " flags=" + AccountFlags.format(flags));
    }

    void encode(final AccountRecordEncoder encoder, final int ledgerOfFace)
    {
        encoder
            .idHigh(id.high()).idLow(id.low())
            .debitsPendingHigh(debitsPending.high()).debitsPendingLow(debitsPending.low())
            .debitsPostedHigh(debitsPosted.high()).debitsPostedLow(debitsPosted.low())
            .creditsPendingHigh(creditsPending.high()).creditsPendingLow(creditsPending.low())
            .creditsPostedHigh(creditsPosted.high()).creditsPostedLow(creditsPosted.low())
            .userData128High(userData128.high()).userData128Low(userData128.low())
            .userData64(userData64)
            .userData32(Integer.toUnsignedLong(userData32))
            .ledger(Integer.toUnsignedLong(ledger != 0 ? ledger : ledgerOfFace))
            .code(code)
            .flags(flags)
            .timestampNs(timestampNs);
    }

    static Account decode(final AccountRecordDecoder decoder)
    {
        return new Account(
            new Uint128(decoder.idHigh(), decoder.idLow()),
            (int)decoder.ledger(),
            decoder.code(),
            decoder.flags(),
            new Uint128(decoder.debitsPendingHigh(), decoder.debitsPendingLow()),
            new Uint128(decoder.debitsPostedHigh(), decoder.debitsPostedLow()),
            new Uint128(decoder.creditsPendingHigh(), decoder.creditsPendingLow()),
            new Uint128(decoder.creditsPostedHigh(), decoder.creditsPostedLow()),
            new Uint128(decoder.userData128High(), decoder.userData128Low()),
            decoder.userData64(),
            (int)decoder.userData32(),
            decoder.timestampNs());
    }
}
