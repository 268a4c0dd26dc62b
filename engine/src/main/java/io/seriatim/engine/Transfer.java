package io.seriatim.engine;

import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;

/**
 * A transfer as a value: to create one, and as looked up. All numbers are unsigned.
 *
 * @param id              chosen by the caller; not 0 and not 2^128-1.
 * @param debitAccountId  account that is debited.
 * @param creditAccountId account that is credited.
 * @param amount          in the ledger's smallest unit.
 * @param pendingId       pending transfer that is posted or voided; else 0.
 * @param ledger          number of its ledger; 0 takes the ledger of the {@link Ledger} that creates it.
 * @param code            kind of transfer, 1 to 65535.
 * @param flags           bits of {@link TransferFlags}.
 * @param timeout         seconds until a pending transfer expires; 0 = never.
 * @param userData128     free.
 * @param userData64      free.
 * @param userData32      free.
 * @param timestampNs     as looked up: when it was created; to create one: 0, unless imported.
 */
public record Transfer(
    Uint128 id,
    Uint128 debitAccountId,
    Uint128 creditAccountId,
    Uint128 amount,
    Uint128 pendingId,
    int ledger,
    int code,
    int flags,
    int timeout,
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
    public Transfer
    {
        if ((code & ~UINT16_MAX) != 0 || (flags & ~UINT16_MAX) != 0)
        {
            throw new IllegalArgumentException(
                "code and flags of a transfer must be from 0 to " + UINT16_MAX + ": id=" + id + ", code=" + code +
                ", flags=" + flags);
        }
    }

    /**
     * A new transfer without user data.
     *
     * @param id              chosen by the caller.
     * @param debitAccountId  account that is debited.
     * @param creditAccountId account that is credited.
     * @param amount          in the ledger's smallest unit.
     * @param code            kind of transfer.
     * @return a transfer of the ledger that creates it.
     */
    public static Transfer of(
        final Uint128 id, final Uint128 debitAccountId, final Uint128 creditAccountId, final Uint128 amount,
        final int code)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, Uint128.ZERO, 0, code, 0, 0, Uint128.ZERO, 0, 0, 0);
    }

    /**
     * A new transfer without user data.
     *
     * @param id              chosen by the caller.
     * @param debitAccountId  account that is debited.
     * @param creditAccountId account that is credited.
     * @param amount          in the ledger's smallest unit.
     * @param code            kind of transfer.
     * @return a transfer of the ledger that creates it.
     */
    public static Transfer of(
        final long id, final long debitAccountId, final long creditAccountId, final long amount, final int code)
    {
        return of(
            Uint128.of(id), Uint128.of(debitAccountId), Uint128.of(creditAccountId), Uint128.of(amount), code);
    }

    /**
     * Post a pending transfer. All that is not said is the pending transfer's.
     *
     * @param id        chosen by the caller.
     * @param pendingId pending transfer.
     * @param amount    up to the pending amount; {@link Uint128#MAX} is all of it.
     * @return a transfer.
     */
    public static Transfer post(final Uint128 id, final Uint128 pendingId, final Uint128 amount)
    {
        return resolving(id, pendingId, amount, TransferFlags.POST_PENDING_TRANSFER);
    }

    /**
     * Post all of a pending transfer.
     *
     * @param id        chosen by the caller.
     * @param pendingId pending transfer.
     * @return a transfer.
     */
    public static Transfer post(final long id, final long pendingId)
    {
        return post(Uint128.of(id), Uint128.of(pendingId), Uint128.MAX);
    }

    /**
     * Post a part of a pending transfer and release the rest.
     *
     * @param id        chosen by the caller.
     * @param pendingId pending transfer.
     * @param amount    up to the pending amount.
     * @return a transfer.
     */
    public static Transfer post(final long id, final long pendingId, final long amount)
    {
        return post(Uint128.of(id), Uint128.of(pendingId), Uint128.of(amount));
    }

    /**
     * Void a pending transfer: all of it is released.
     *
     * @param id        chosen by the caller.
     * @param pendingId pending transfer.
     * @return a transfer.
     */
    public static Transfer voiding(final Uint128 id, final Uint128 pendingId)
    {
        return resolving(id, pendingId, Uint128.ZERO, TransferFlags.VOID_PENDING_TRANSFER);
    }

    /**
     * Void a pending transfer: all of it is released.
     *
     * @param id        chosen by the caller.
     * @param pendingId pending transfer.
     * @return a transfer.
     */
    public static Transfer voiding(final long id, final long pendingId)
    {
        return voiding(Uint128.of(id), Uint128.of(pendingId));
    }

    private static Transfer resolving(
        final Uint128 id, final Uint128 pendingId, final Uint128 amount, final int flags)
    {
        return new Transfer(
            id, Uint128.ZERO, Uint128.ZERO, amount, pendingId, 0, 0, flags, 0, Uint128.ZERO, 0, 0, 0);
    }

    /**
     * The same transfer as a pending one: it reserves its amount until it is posted, voided or expired.
     *
     * @param newTimeout seconds until it expires, unsigned; 0 = never.
     * @return a copy.
     */
    public Transfer pending(final int newTimeout)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, pendingId, ledger, code, flags | TransferFlags.PENDING,
            newTimeout, userData128, userData64, userData32, timestampNs);
    }

    /**
     * The same transfer with flags.
     *
     * @param newFlags bits of {@link TransferFlags}.
     * @return a copy.
     */
    public Transfer withFlags(final int newFlags)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, pendingId, ledger, code, newFlags, timeout, userData128,
            userData64, userData32, timestampNs);
    }

    /**
     * The same transfer in a ledger.
     *
     * @param newLedger number of the ledger.
     * @return a copy.
     */
    public Transfer withLedger(final int newLedger)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, pendingId, newLedger, code, flags, timeout, userData128,
            userData64, userData32, timestampNs);
    }

    /**
     * The same transfer with user data.
     *
     * @param newUserData128 free.
     * @param newUserData64  free.
     * @param newUserData32  free.
     * @return a copy.
     */
    public Transfer withUserData(final Uint128 newUserData128, final long newUserData64, final int newUserData32)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, pendingId, ledger, code, flags, timeout, newUserData128,
            newUserData64, newUserData32, timestampNs);
    }

    /**
     * The same transfer with the caller's timestamp and the flag that goes with it.
     *
     * @param newTimestampNs when it was booked, in nanoseconds.
     * @return a copy.
     */
    public Transfer imported(final long newTimestampNs)
    {
        return new Transfer(
            id, debitAccountId, creditAccountId, amount, pendingId, ledger, code, flags | TransferFlags.IMPORTED,
            timeout, userData128, userData64, userData32, newTimestampNs);
    }

    @Override
    public String toString()
    {
        return "transfer " + id + ": " + amount + " from " + debitAccountId + " to " + creditAccountId +
            " ledger=" + Integer.toUnsignedString(ledger) + " code=" + code +
            (flags == 0 ? "" : " flags=" + TransferFlags.format(flags));
    }

    void encode(final TransferRecordEncoder encoder, final int ledgerOfFace)
    {
        encoder
            .idHigh(id.high()).idLow(id.low())
            .debitAccountIdHigh(debitAccountId.high()).debitAccountIdLow(debitAccountId.low())
            .creditAccountIdHigh(creditAccountId.high()).creditAccountIdLow(creditAccountId.low())
            .amountHigh(amount.high()).amountLow(amount.low())
            .pendingIdHigh(pendingId.high()).pendingIdLow(pendingId.low())
            .userData128High(userData128.high()).userData128Low(userData128.low())
            .userData64(userData64)
            .userData32(Integer.toUnsignedLong(userData32))
            .timeout(Integer.toUnsignedLong(timeout))
            .ledger(Integer.toUnsignedLong(ledger != 0 ? ledger : ledgerOfFace))
            .code(code)
            .flags(flags);
    }

    static Transfer decode(final TransferRecordDecoder decoder, final long timestampNs)
    {
        return new Transfer(
            new Uint128(decoder.idHigh(), decoder.idLow()),
            new Uint128(decoder.debitAccountIdHigh(), decoder.debitAccountIdLow()),
            new Uint128(decoder.creditAccountIdHigh(), decoder.creditAccountIdLow()),
            new Uint128(decoder.amountHigh(), decoder.amountLow()),
            new Uint128(decoder.pendingIdHigh(), decoder.pendingIdLow()),
            (int)decoder.ledger(),
            decoder.code(),
            decoder.flags(),
            (int)decoder.timeout(),
            new Uint128(decoder.userData128High(), decoder.userData128Low()),
            decoder.userData64(),
            (int)decoder.userData32(),
            timestampNs);
    }
}
