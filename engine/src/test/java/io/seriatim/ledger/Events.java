package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;

import java.math.BigInteger;

/** Between the events of the reference ledger and the records of the engine. */
public final class Events
{
    private Events()
    {
    }

    /**
     * Write every field of an account.
     *
     * @param event   the account.
     * @param encoder wrapped where the account belongs.
     */
    public static void encode(final AccountEvent event, final AccountRecordEncoder encoder)
    {
        encoder
            .idHigh(high(event.id()))
            .idLow(low(event.id()))
            .debitsPendingHigh(high(event.debitsPending()))
            .debitsPendingLow(low(event.debitsPending()))
            .debitsPostedHigh(high(event.debitsPosted()))
            .debitsPostedLow(low(event.debitsPosted()))
            .creditsPendingHigh(high(event.creditsPending()))
            .creditsPendingLow(low(event.creditsPending()))
            .creditsPostedHigh(high(event.creditsPosted()))
            .creditsPostedLow(low(event.creditsPosted()))
            .userData128High(high(event.userData128()))
            .userData128Low(low(event.userData128()))
            .userData64(event.userData64())
            .userData32(Integer.toUnsignedLong(event.userData32()))
            .reserved(Integer.toUnsignedLong(event.reserved()))
            .ledger(Integer.toUnsignedLong(event.ledger()))
            .code(event.code())
            .flags(event.flags())
            .timestampNs(event.timestamp());
    }

    /**
     * Write every field of a transfer but its timestamp, which the record does not have.
     *
     * @param event   the transfer.
     * @param encoder wrapped where the transfer belongs.
     */
    public static void encode(final TransferEvent event, final TransferRecordEncoder encoder)
    {
        encoder
            .idHigh(high(event.id()))
            .idLow(low(event.id()))
            .debitAccountIdHigh(high(event.debitAccountId()))
            .debitAccountIdLow(low(event.debitAccountId()))
            .creditAccountIdHigh(high(event.creditAccountId()))
            .creditAccountIdLow(low(event.creditAccountId()))
            .amountHigh(high(event.amount()))
            .amountLow(low(event.amount()))
            .pendingIdHigh(high(event.pendingId()))
            .pendingIdLow(low(event.pendingId()))
            .userData128High(high(event.userData128()))
            .userData128Low(low(event.userData128()))
            .userData64(event.userData64())
            .userData32(Integer.toUnsignedLong(event.userData32()))
            .timeout(Integer.toUnsignedLong(event.timeout()))
            .ledger(Integer.toUnsignedLong(event.ledger()))
            .code(event.code())
            .flags(event.flags());
    }

    /**
     * Read every field of an account.
     *
     * @param decoder wrapped around the account.
     * @return the account.
     */
    public static AccountEvent decode(final AccountRecordDecoder decoder)
    {
        return new AccountEvent(
            uint128(decoder.idHigh(), decoder.idLow()),
            uint128(decoder.debitsPendingHigh(), decoder.debitsPendingLow()),
            uint128(decoder.debitsPostedHigh(), decoder.debitsPostedLow()),
            uint128(decoder.creditsPendingHigh(), decoder.creditsPendingLow()),
            uint128(decoder.creditsPostedHigh(), decoder.creditsPostedLow()),
            uint128(decoder.userData128High(), decoder.userData128Low()),
            decoder.userData64(),
            (int) decoder.userData32(),
            (int) decoder.reserved(),
            (int) decoder.ledger(),
            decoder.code(),
            decoder.flags(),
            decoder.timestampNs());
    }

    /**
     * Read every field of a transfer.
     *
     * @param decoder   wrapped around the transfer.
     * @param timestamp of the transfer, which the record does not have.
     * @return the transfer.
     */
    public static TransferEvent decode(final TransferRecordDecoder decoder, final long timestamp)
    {
        return new TransferEvent(
            uint128(decoder.idHigh(), decoder.idLow()),
            uint128(decoder.debitAccountIdHigh(), decoder.debitAccountIdLow()),
            uint128(decoder.creditAccountIdHigh(), decoder.creditAccountIdLow()),
            uint128(decoder.amountHigh(), decoder.amountLow()),
            uint128(decoder.pendingIdHigh(), decoder.pendingIdLow()),
            uint128(decoder.userData128High(), decoder.userData128Low()),
            decoder.userData64(),
            (int) decoder.userData32(),
            (int) decoder.timeout(),
            (int) decoder.ledger(),
            decoder.code(),
            decoder.flags(),
            timestamp);
    }

    /**
     * High half of a number of 128 bits.
     *
     * @param value from 0 to 2^128-1.
     * @return its bits 64 to 127.
     */
    public static long high(final BigInteger value)
    {
        return value.shiftRight(64).longValue();
    }

    /**
     * Low half of a number of 128 bits.
     *
     * @param value from 0 to 2^128-1.
     * @return its bits 0 to 63.
     */
    public static long low(final BigInteger value)
    {
        return value.longValue();
    }

    /**
     * Number of 128 bits from its halves.
     *
     * @param high half.
     * @param low  half.
     * @return the number, not negative.
     */
    public static BigInteger uint128(final long high, final long low)
    {
        return uint64(high).shiftLeft(64).or(uint64(low));
    }

    private static BigInteger uint64(final long value)
    {
        final BigInteger positive = BigInteger.valueOf(value & Long.MAX_VALUE);
        return value < 0 ? positive.setBit(63) : positive;
    }
}
