package io.seriatim.replay;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRowDecoder;
import io.seriatim.codecs.LedgerRowDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a row under a state root says, for people and for programs.
 * <p>
 * Threads: static, any.
 */
public final class StateRowText
{
    private StateRowText()
    {
    }

    /**
     * The fields of a row, by name; numbers that may be large are text.
     *
     * @param row bytes of an AccountRow or a LedgerRow.
     * @return the fields in the order of the format, without the salt.
     */
    public static Map<String, Object> fields(final byte[] row)
    {
        final DirectBuffer buffer = new UnsafeBuffer(row);
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, 0);
        return header.templateId() == AccountRowDecoder.TEMPLATE_ID ?
            fields(new AccountRowDecoder().wrapAndApplyHeader(buffer, 0, header)) :
            fields(new LedgerRowDecoder().wrapAndApplyHeader(buffer, 0, header));
    }

    private static Map<String, Object> fields(final AccountRowDecoder row)
    {
        final AccountRecordDecoder account = row.account();
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("account", uint128(account.idHigh(), account.idLow()));
        fields.put("as_of_sequence", Long.toString(row.asOfSequence()));
        fields.put("debits_posted", uint128(account.debitsPostedHigh(), account.debitsPostedLow()));
        fields.put("credits_posted", uint128(account.creditsPostedHigh(), account.creditsPostedLow()));
        fields.put("debits_pending", uint128(account.debitsPendingHigh(), account.debitsPendingLow()));
        fields.put("credits_pending", uint128(account.creditsPendingHigh(), account.creditsPendingLow()));
        fields.put("ledger", account.ledger());
        fields.put("code", account.code());
        fields.put("flags", account.flags());
        fields.put("user_data_128", uint128(account.userData128High(), account.userData128Low()));
        fields.put("user_data_64", Long.toUnsignedString(account.userData64()));
        fields.put("user_data_32", account.userData32());
        fields.put("timestamp_ns", Long.toString(account.timestampNs()));
        fields.put("created_at_sequence", Long.toString(row.sequence()));
        return fields;
    }

    private static Map<String, Object> fields(final LedgerRowDecoder row)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ledger", row.ledger());
        fields.put("as_of_sequence", Long.toString(row.asOfSequence()));
        fields.put("last_ledger_sequence", Long.toString(row.ledgerSequence()));
        fields.put("account_count", Long.toString(row.accountCount()));
        fields.put("debits_posted", wide(row.debitsPostedTop(), row.debitsPostedHigh(), row.debitsPostedLow()));
        fields.put("credits_posted", wide(row.creditsPostedTop(), row.creditsPostedHigh(), row.creditsPostedLow()));
        fields.put("debits_pending", wide(row.debitsPendingTop(), row.debitsPendingHigh(), row.debitsPendingLow()));
        fields.put(
            "credits_pending", wide(row.creditsPendingTop(), row.creditsPendingHigh(), row.creditsPendingLow()));
        return fields;
    }

    private static String uint128(final long high, final long low)
    {
        return new Uint128(high, low).toString();
    }

    private static String wide(final long top, final long high, final long low)
    {
        return new BigInteger(Long.toUnsignedString(top)).shiftLeft(2 * Long.SIZE)
            .or(new Uint128(high, low).toBigInteger()).toString();
    }
}
