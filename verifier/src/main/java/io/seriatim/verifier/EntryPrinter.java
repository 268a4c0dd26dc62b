package io.seriatim.verifier;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;

/**
 * What an entry says, for a person: the fields that matter, read from their places in the bytes (docs/FORMAT.md of the
 * log). Numbers are little-endian and unsigned; one of 128 bits is its high half, then its low half.
 */
final class EntryPrinter
{
    private static final Map<Integer, String> KINDS = Map.of(
        10, "genesis", 11, "ledger definition", 12, "account", 13, "transfer", 14, "transfer", 15, "expiry",
        16, "state root");
    private static final int LEDGER_DEFINITION = 11;
    private static final int ACCOUNT = 12;
    private static final int TRANSFER = 13;
    private static final int EXTENDED_TRANSFER = 14;
    private static final int EXPIRY = 15;
    private static final int STATE_ROOT = 16;
    private static final int SCHEMA = 840;
    private static final long CREATED = 0xFFFF_FFFFL;

    private final ByteBuffer bytes;
    private final StringBuilder text = new StringBuilder();

    private EntryPrinter(final byte[] entry)
    {
        bytes = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The sequence that the entry says it has: it has to be its index. */
    static long sequence(final byte[] entry) throws RefusedException
    {
        if (entry.length < 16 || ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).getShort(4) != SCHEMA)
        {
            throw new RefusedException("not an entry of this format");
        }
        return ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
    }

    /** The ledger that an entry is of: of a post or void that of its pending transfer; 0 if it is of none. */
    static long ledger(final byte[] entry) throws RefusedException
    {
        try
        {
            final ByteBuffer bytes = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
            switch (bytes.getShort(2))
            {
                case LEDGER_DEFINITION:
                    return Integer.toUnsignedLong(bytes.getInt(40));
                case EXTENDED_TRANSFER:
                    return Integer.toUnsignedLong(bytes.getInt(252) != 0 ? bytes.getInt(252) : bytes.getInt(152));
                case ACCOUNT:
                case TRANSFER:
                    return Integer.toUnsignedLong(bytes.getInt(152));
                case EXPIRY:
                    return Integer.toUnsignedLong(bytes.getInt(104));
                default:
                    return 0;
            }
        }
        catch (final IndexOutOfBoundsException ex)
        {
            throw new RefusedException("the entry is shorter than its kind");
        }
    }

    static String print(final byte[] entry) throws RefusedException
    {
        try
        {
            return new EntryPrinter(entry).print(sequence(entry));
        }
        catch (final IndexOutOfBoundsException ex)
        {
            throw new RefusedException("the entry is shorter than its kind");
        }
    }

    private String print(final long sequence) throws RefusedException
    {
        final int kind = bytes.getShort(2);
        if (!KINDS.containsKey(kind))
        {
            throw new RefusedException("an entry of a kind that is not known: " + kind);
        }
        add("sequence", sequence).add("kind", KINDS.get(kind));
        switch (kind)
        {
            case LEDGER_DEFINITION:
                command().add("ledger", bytes.getInt(40)).add("scale", bytes.getShort(44));
                break;
            case ACCOUNT:
                command().add("id", wide(40)).add("ledger", Integer.toUnsignedString(bytes.getInt(152)))
                    .add("code", Short.toUnsignedInt(bytes.getShort(156))).add("flags", bytes.getShort(158));
                break;
            case TRANSFER:
                transfer();
                break;
            case EXTENDED_TRANSFER:
                transfer();
                add("amount moved", wide(168)).add("resolved debit account", wide(192))
                    .add("resolved credit account", wide(208)).add("resolved ledger", bytes.getInt(252));
                break;
            case EXPIRY:
                add("time", time(bytes.getLong(24))).add("pending transfer", wide(32))
                    .add("debit account", wide(56)).add("credit account", wide(72)).add("amount", wide(88))
                    .add("ledger", Integer.toUnsignedString(bytes.getInt(104)));
                break;
            case STATE_ROOT:
                add("as of entry", bytes.getLong(16)).add("accounts", bytes.getLong(24))
                    .add("ledgers", bytes.getLong(32));
                break;
            default:
                add("length", bytes.capacity());
                break;
        }
        return text.toString();
    }

    private EntryPrinter command()
    {
        final long outcome = Integer.toUnsignedLong(bytes.getInt(36));
        return add("time", time(bytes.getLong(24))).add(
            "outcome", outcome == CREATED ? "created" : "refused, code " + outcome);
    }

    private void transfer()
    {
        command().add("id", wide(40)).add("debit account", wide(56)).add("credit account", wide(72))
            .add("amount", wide(88)).add("pending transfer", wide(104))
            .add("ledger", Integer.toUnsignedString(bytes.getInt(152)))
            .add("code", Short.toUnsignedInt(bytes.getShort(156))).add("flags", bytes.getShort(158));
    }

    private BigInteger wide(final int offset)
    {
        return new BigInteger(Long.toUnsignedString(bytes.getLong(offset))).shiftLeft(64)
            .or(new BigInteger(Long.toUnsignedString(bytes.getLong(offset + 8))));
    }

    private static Instant time(final long nanoseconds)
    {
        return Instant.ofEpochSecond(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    }

    private EntryPrinter add(final String name, final Object value)
    {
        text.append(name).append(": ").append(value).append('\n');
        return this;
    }
}
