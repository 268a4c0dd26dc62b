package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.agrona.DirectBuffer;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Entries in words: all fields by name, one line for a person, and the difference of two of them.
 * <p>
 * Names are those of the format in snake_case. Numbers of 64 and 128 bits, and times, are strings of decimal digits;
 * smaller numbers are numbers; flags, and the accounts that are open again, are names joined by {@code |}.
 * <p>
 * Cost: for people, so it allocates.<br>
 * Threads: static, any.
 */
public final class EntryText
{
    private static final DateTimeFormatter NANOSECONDS =
        new DateTimeFormatterBuilder().appendInstant(9).toFormatter();
    private static final long NANOS_OF_A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int HASH_LENGTH = 32;
    private static final String RESOLVED = "resolved_";
    private static final List<String> SHOWN_ALWAYS = List.of("amount", "shard", "scale");
    private static final int REOPENED_DEBIT = 1;
    private static final int REOPENED_CREDIT = 1 << 1;

    private final Map<String, Object> fields = new LinkedHashMap<>();

    private EntryText()
    {
    }

    /**
     * All fields of an entry.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @return by name in the order of the format: a {@link String}, {@link Integer} or {@link Long} each.
     */
    public static Map<String, Object> fields(final DirectBuffer buffer, final int offset)
    {
        final EntryText text = new EntryText();
        text.read(buffer, offset);
        return text.fields;
    }

    /**
     * An entry on one line. What is absent or repeats the command is left out.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @return the line, without its end.
     */
    public static String line(final DirectBuffer buffer, final int offset)
    {
        final Map<String, Object> fields = fields(buffer, offset);
        final StringBuilder line = new StringBuilder();
        line.append("sequence=").append(fields.remove("sequence"));
        append(line, "ledger_sequence", fields.remove("ledger_sequence"));
        fields.remove("timestamp_ns");
        appendValue(line, fields.remove("time"));
        appendValue(line, fields.remove("kind"));
        final Object outcome = fields.remove("outcome");
        appendValue(line, outcome);
        fields.remove("outcome_code");
        if (!TransferOutcome.CREATED.label().equals(outcome))
        {
            // What is refused moves nothing.
            fields.remove("amount_moved", "0");
        }
        final Object batchIndex = fields.remove("batch_index");
        final Object batchCount = fields.remove("batch_count");
        fields.forEach((name, value) ->
        {
            if (isWorthShowing(fields, name, value))
            {
                append(line, name, value);
            }
        });
        if (batchCount != null && !batchCount.equals(1))
        {
            append(line, "batch", ((Integer)batchIndex + 1) + "/" + batchCount);
        }
        return line.toString();
    }

    /**
     * What is different between two entries.
     *
     * @param a       one.
     * @param aOffset of its SBE header.
     * @param aName   what it is called.
     * @param b       the other.
     * @param bOffset of its SBE header.
     * @param bName   what it is called.
     * @return each field that differs with its two values; empty if none does.
     */
    public static String difference(
        final DirectBuffer a,
        final int aOffset,
        final String aName,
        final DirectBuffer b,
        final int bOffset,
        final String bName)
    {
        final Map<String, Object> aFields = fields(a, aOffset);
        final Map<String, Object> bFields = fields(b, bOffset);
        final Map<String, Object> all = new LinkedHashMap<>(aFields);
        bFields.forEach(all::putIfAbsent);
        final StringJoiner differences = new StringJoiner("; ");
        for (final String name : all.keySet())
        {
            final Object aValue = aFields.get(name);
            final Object bValue = bFields.get(name);
            if (!"time".equals(name) && (aValue == null || !aValue.equals(bValue)))
            {
                differences.add(name + " " + aName + "=" + shown(aValue) + " " + bName + "=" + shown(bValue));
            }
        }
        return differences.toString();
    }

    /**
     * A point in time for people.
     *
     * @param timestampNs nanoseconds since 1970.
     * @return ISO 8601 with nanoseconds, in UTC.
     */
    public static String time(final long timestampNs)
    {
        return NANOSECONDS.format(Instant.ofEpochSecond(
            Long.divideUnsigned(timestampNs, NANOS_OF_A_SECOND),
            Long.remainderUnsigned(timestampNs, NANOS_OF_A_SECOND)));
    }

    private static boolean isWorthShowing(final Map<String, Object> fields, final String name, final Object value)
    {
        if (name.startsWith(RESOLVED))
        {
            return !value.equals(fields.get(name.substring(RESOLVED.length()))) && !"0".equals(value.toString());
        }
        if ("amount_moved".equals(name))
        {
            return !value.equals(fields.get("amount"));
        }
        return SHOWN_ALWAYS.contains(name) || !"0".equals(value.toString()) && !"".equals(value);
    }

    private static void append(final StringBuilder line, final String name, final Object value)
    {
        if (value != null)
        {
            line.append(' ').append(name).append('=').append(value);
        }
    }

    private static void appendValue(final StringBuilder line, final Object value)
    {
        if (value != null)
        {
            line.append(' ').append(value);
        }
    }

    private static String shown(final Object value)
    {
        return value == null ? "(absent)" : value.toString();
    }

    private void read(final DirectBuffer buffer, final int offset)
    {
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, offset);
        switch (header.templateId())
        {
            case GenesisEntryDecoder.TEMPLATE_ID:
                genesis(new GenesisEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                definition(new LedgerDefinitionEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case AccountEntryDecoder.TEMPLATE_ID:
                account(new AccountEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                transfer(new TransferEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extended(new ExtendedTransferEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiry(new ExpiryEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            case StateRootEntryDecoder.TEMPLATE_ID:
                stateRoot(new StateRootEntryDecoder().wrapAndApplyHeader(buffer, offset, header));
                break;
            default:
                uint64("sequence", buffer.getLong(offset + MessageHeaderDecoder.ENCODED_LENGTH));
                put("kind", "template_" + header.templateId());
                break;
        }
    }

    private void genesis(final GenesisEntryDecoder entry)
    {
        uint64("sequence", entry.sequence());
        put("kind", EntryKinds.GENESIS);
        put("log_uuid", new UUID(entry.logUuidHigh(), entry.logUuidLow()).toString());
        put("format_version", entry.formatVersion());
        put("shard", entry.shard());
        put("shard_count", entry.shardCount());
        put("batch_count_max", entry.batchCountMax());
        uint64("state_root_every", entry.stateRootEvery());
        final StringJoiner placement = new StringJoiner(",");
        for (final GenesisEntryDecoder.PlacementDecoder placed : entry.placement())
        {
            placement.add(placed.ledger() + ":" + placed.shard());
        }
        put("placement", placement.toString());
        put("origin", entry.origin());
    }

    private void definition(final LedgerDefinitionEntryDecoder entry)
    {
        head(entry.sequence(), entry.ledgerSequence(), entry.timestampNs(), EntryKinds.LEDGER_DEFINITION);
        final int code = (int)entry.outcome();
        outcome(code, code == AccountOutcome.CREATED.code() ? AccountOutcome.CREATED.label() : null);
        batch(entry.batchIndex(), entry.batchCount());
        put("ledger", entry.ledger());
        put("scale", entry.scale());
        put("placement", entry.placement());
        put("asset_code", entry.assetCode());
    }

    private void account(final AccountEntryDecoder entry)
    {
        head(entry.sequence(), entry.ledgerSequence(), entry.timestampNs(), EntryKinds.ACCOUNT);
        final int code = (int)entry.outcome();
        outcome(code, Outcomes.isOfAccount(code) ? AccountOutcome.of(code).label() : null);
        batch(entry.batchIndex(), entry.batchCount());
        final AccountRecordDecoder account = entry.account();
        uint128("id", account.idHigh(), account.idLow());
        uint128("debits_pending", account.debitsPendingHigh(), account.debitsPendingLow());
        uint128("debits_posted", account.debitsPostedHigh(), account.debitsPostedLow());
        uint128("credits_pending", account.creditsPendingHigh(), account.creditsPendingLow());
        uint128("credits_posted", account.creditsPostedHigh(), account.creditsPostedLow());
        uint128("user_data_128", account.userData128High(), account.userData128Low());
        uint64("user_data_64", account.userData64());
        put("user_data_32", account.userData32());
        put("reserved", account.reserved());
        put("ledger", account.ledger());
        put("code", account.code());
        put("flags", AccountFlags.format(account.flags()));
        uint64("given_timestamp_ns", account.timestampNs());
    }

    private void transfer(final TransferEntryDecoder entry)
    {
        head(entry.sequence(), entry.ledgerSequence(), entry.timestampNs(), EntryKinds.TRANSFER);
        transferOutcome((int)entry.outcome());
        batch(entry.batchIndex(), entry.batchCount());
        transfer(entry.transfer());
    }

    private void extended(final ExtendedTransferEntryDecoder entry)
    {
        head(entry.sequence(), entry.ledgerSequence(), entry.timestampNs(), EntryKinds.EXTENDED_TRANSFER);
        transferOutcome((int)entry.outcome());
        batch(entry.batchIndex(), entry.batchCount());
        transfer(entry.transfer());
        uint64("given_timestamp_ns", entry.givenTimestampNs());
        uint128("amount_moved", entry.amountMovedHigh(), entry.amountMovedLow());
        uint64("pending_sequence", entry.pendingSequence());
        uint128("resolved_debit_account_id", entry.resolvedDebitAccountIdHigh(), entry.resolvedDebitAccountIdLow());
        uint128("resolved_credit_account_id", entry.resolvedCreditAccountIdHigh(), entry.resolvedCreditAccountIdLow());
        uint128("resolved_user_data_128", entry.resolvedUserData128High(), entry.resolvedUserData128Low());
        uint64("resolved_user_data_64", entry.resolvedUserData64());
        put("resolved_user_data_32", entry.resolvedUserData32());
        put("resolved_ledger", entry.resolvedLedger());
        put("resolved_code", entry.resolvedCode());
        reopened(entry.reopened());
    }

    private void transfer(final TransferRecordDecoder transfer)
    {
        uint128("id", transfer.idHigh(), transfer.idLow());
        uint128("debit_account_id", transfer.debitAccountIdHigh(), transfer.debitAccountIdLow());
        uint128("credit_account_id", transfer.creditAccountIdHigh(), transfer.creditAccountIdLow());
        uint128("amount", transfer.amountHigh(), transfer.amountLow());
        uint128("pending_id", transfer.pendingIdHigh(), transfer.pendingIdLow());
        uint128("user_data_128", transfer.userData128High(), transfer.userData128Low());
        uint64("user_data_64", transfer.userData64());
        put("user_data_32", transfer.userData32());
        put("timeout", transfer.timeout());
        put("ledger", transfer.ledger());
        put("code", transfer.code());
        put("flags", TransferFlags.format(transfer.flags()));
    }

    private void expiry(final ExpiryEntryDecoder entry)
    {
        head(entry.sequence(), entry.ledgerSequence(), entry.timestampNs(), EntryKinds.EXPIRY);
        uint128("pending_id", entry.pendingIdHigh(), entry.pendingIdLow());
        uint64("pending_sequence", entry.pendingSequence());
        uint128("debit_account_id", entry.debitAccountIdHigh(), entry.debitAccountIdLow());
        uint128("credit_account_id", entry.creditAccountIdHigh(), entry.creditAccountIdLow());
        uint128("amount", entry.amountHigh(), entry.amountLow());
        put("ledger", entry.ledger());
        put("code", entry.code());
        reopened(entry.reopened());
    }

    private void stateRoot(final StateRootEntryDecoder entry)
    {
        uint64("sequence", entry.sequence());
        put("kind", EntryKinds.STATE_ROOT);
        uint64("as_of_sequence", entry.asOfSequence());
        uint64("account_count", entry.accountCount());
        uint64("ledger_count", entry.ledgerCount());
        final byte[] hash = new byte[HASH_LENGTH];
        entry.getAccountsRoot(hash, 0, HASH_LENGTH);
        put("accounts_root", HexFormat.of().formatHex(hash));
        entry.getLedgersRoot(hash, 0, HASH_LENGTH);
        put("ledgers_root", HexFormat.of().formatHex(hash));
    }

    private void head(final long sequence, final long ledgerSequence, final long timestampNs, final String kind)
    {
        uint64("sequence", sequence);
        uint64("ledger_sequence", ledgerSequence);
        uint64("timestamp_ns", timestampNs);
        put("time", time(timestampNs));
        put("kind", kind);
    }

    private void transferOutcome(final int code)
    {
        outcome(code, Outcomes.isOfTransfer(code) ? TransferOutcome.of(code).label() : null);
    }

    private void outcome(final int code, final String label)
    {
        put("outcome", label != null ? label : "unknown_" + Integer.toUnsignedString(code));
        put("outcome_code", Integer.toUnsignedLong(code));
    }

    /** The accounts that the pending transfer had closed and that are open again. */
    private void reopened(final int bits)
    {
        final StringJoiner names = new StringJoiner("|");
        if ((bits & REOPENED_DEBIT) != 0)
        {
            names.add("debit_account");
        }
        if ((bits & REOPENED_CREDIT) != 0)
        {
            names.add("credit_account");
        }
        final int rest = bits & ~(REOPENED_DEBIT | REOPENED_CREDIT);
        if (rest != 0)
        {
            names.add("0x" + Integer.toHexString(rest));
        }
        put("reopened", names.toString());
    }

    private void batch(final int index, final int count)
    {
        put("batch_index", index);
        put("batch_count", count);
    }

    private void uint128(final String name, final long high, final long low)
    {
        put(name, new Uint128(high, low).toString());
    }

    private void uint64(final String name, final long value)
    {
        put(name, Long.toUnsignedString(value));
    }

    private void put(final String name, final Object value)
    {
        fields.put(name, value);
    }
}
