package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.journal.Entries;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.Movement;
import org.agrona.DirectBuffer;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes books in one format, entry by entry. What comes before the part that is wanted, or is in the file already, is
 * taken in and not written.
 * <p>
 * Threads: confined to one.
 */
abstract class ExportWriter
{
    private final long ledger;
    private final ResumableFile out;
    private BooksWalk books;
    private boolean isWritten;
    private long sequence;
    private String leaf;
    private long entryCount;
    private long recordCount;

    ExportWriter(final long ledger, final ResumableFile out)
    {
        this.ledger = ledger;
        this.out = out;
    }

    /** The writer of a format; ledger 0 is all of them. */
    static ExportWriter of(
        final ExportCommand.Format format,
        final int shard,
        final Genesis genesis,
        final long ledger,
        final ResumableFile out)
    {
        switch (format)
        {
            case LEDGER:
                return new PlainText(genesis, ledger, out);
            case CSV:
                return new Csv(ledger, out);
            default:
                return new JsonLines(shard, ledger, out);
        }
    }

    /** The accounts, as they stand after each entry. */
    void books(final BooksWalk walk)
    {
        books = walk;
    }

    long entryCount()
    {
        return entryCount;
    }

    long recordCount()
    {
        return recordCount;
    }

    /** The head of a new file. */
    abstract void begin() throws IOException;

    /** Take an entry, before the books do. */
    void entry(final DirectBuffer buffer, final int offset, final boolean isWanted, final byte[] leafHash)
        throws IOException
    {
        sequence = Entries.sequence(buffer, offset);
        isWritten = isWanted && sequence >= out.nextSequence();
        leaf = leafHash == null ? "" : HexFormat.of().formatHex(leafHash);
        entryCount++;
        if (isWritten)
        {
            writeEntry(buffer, offset);
        }
    }

    /** Take what the entry has done, after the books have. */
    void onMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
    {
        if (isWritten && isOf(movement.ledger()))
        {
            try
            {
                writeMovement(movement, debit, credit);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
    }

    void endEntry() throws IOException
    {
        out.wholeUpTo(sequence + 1);
    }

    void writeEntry(final DirectBuffer buffer, final int offset) throws IOException
    {
        // For those who write entries and not what they did.
    }

    void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit) throws IOException
    {
        // For those who write what entries did.
    }

    final void record(final String text) throws IOException
    {
        recordCount++;
        out.write(text);
    }

    final void write(final String text) throws IOException
    {
        out.write(text);
    }

    final boolean isOf(final int number)
    {
        return ledger == 0 || ledger == Integer.toUnsignedLong(number);
    }

    final String leaf()
    {
        return leaf;
    }

    final String amount(final BigInteger amount, final int number)
    {
        final DefinitionAudit definition = definition(number);
        return definition == null ? amount.toString() : new BigDecimal(amount, definition.scale()).toPlainString();
    }

    final DefinitionAudit definition(final int number)
    {
        return books.definition(number);
    }

    final String asset(final int number)
    {
        final DefinitionAudit definition = definition(number);
        return definition == null ? Integer.toUnsignedString(number) : definition.assetCode();
    }

    /** Plain text accounting. Debits are above zero, credits below. */
    private static final class PlainText extends ExportWriter
    {
        private static final String WORD = "[A-Za-z]+";

        private final Genesis genesis;
        private LocalDate date = LocalDate.MIN;

        PlainText(final Genesis genesis, final long ledger, final ResumableFile out)
        {
            super(ledger, out);
            this.genesis = genesis;
        }

        @Override
        void begin() throws IOException
        {
            write("; Exported by seriatim from " + genesis.origin() + ", log " + genesis.logUuid() + "\n" +
                "; Debits are above zero, credits below. What is held by pending transfers lies in :held.\n" +
                "; leaf is SHA-256(0x00 || entry), the hash under which the entry is in the Merkle tree.\n\n");
        }

        @Override
        void onMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
        {
            final LocalDate day = LocalDate.ofInstant(
                Instant.EPOCH.plusNanos(movement.timestampNs()), ZoneOffset.UTC);
            // In the order of the books days never go back, as balances are asserted day by day.
            date = day.isAfter(date) ? day : date;
            super.onMovement(movement, debit, credit);
        }

        @Override
        void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
            throws IOException
        {
            final int number = movement.ledger();
            final String commodity = asset(number).matches(WORD) ? asset(number) : "\"" + asset(number) + "\"";
            final LocalDate day = LocalDate.ofInstant(
                Instant.EPOCH.plusNanos(movement.timestampNs()), ZoneOffset.UTC);
            final StringBuilder text = new StringBuilder();
            text.append(date).append(" (").append(movement.sequence()).append(") ")
                .append(movement.kind().name().toLowerCase(Locale.ROOT)).append("  ; seq:").append(movement.sequence())
                .append(", id:").append(movement.transferId()).append(", code:").append(movement.code())
                .append(day.equals(date) ? "" : ", booked:" + day).append(", leaf:").append(leaf()).append('\n');
            if (movement.posted().signum() != 0 || movement.pending().signum() == 0)
            {
                final BigInteger posted = movement.posted();
                post(text, debit, ":posted", posted, debit.debitsPosted().subtract(debit.creditsPosted()), commodity);
                post(
                    text, credit, ":posted", posted.negate(),
                    credit.debitsPosted().subtract(credit.creditsPosted()), commodity);
            }
            if (movement.pending().signum() != 0)
            {
                final BigInteger pending = movement.pending();
                post(text, debit, ":held", pending, debit.debitsPending().subtract(debit.creditsPending()), commodity);
                post(
                    text, credit, ":held", pending.negate(),
                    credit.debitsPending().subtract(credit.creditsPending()), commodity);
            }
            record(text.append('\n').toString());
        }

        private void post(
            final StringBuilder text,
            final BookAccount account,
            final String leafName,
            final BigInteger amount,
            final BigInteger balance,
            final String commodity)
        {
            text.append("    ledger-").append(Integer.toUnsignedString(account.ledger())).append(":account-")
                .append(account.id()).append(leafName).append("  ").append(amount(amount, account.ledger()))
                .append(' ').append(commodity).append(" = ").append(amount(balance, account.ledger())).append(' ')
                .append(commodity).append('\n');
        }
    }

    /** Movements, a line each. */
    private static final class Csv extends ExportWriter
    {
        Csv(final long ledger, final ResumableFile out)
        {
            super(ledger, out);
        }

        @Override
        void begin() throws IOException
        {
            write("sequence,time,kind,transfer_id,ledger,code,debit_account_id,credit_account_id,posted," +
                "pending_change,asset,leaf\n");
        }

        @Override
        void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit)
            throws IOException
        {
            record(movement.sequence() + "," + EntryText.time(movement.timestampNs()) + "," +
                movement.kind().name().toLowerCase(Locale.ROOT) + "," + movement.transferId() + "," +
                Integer.toUnsignedString(movement.ledger()) + "," + movement.code() + "," + debit.id() + "," +
                credit.id() + "," + amount(movement.posted(), movement.ledger()) + "," +
                amount(movement.pending(), movement.ledger()) + "," + asset(movement.ledger()) + "," + leaf() + "\n");
        }
    }

    /** Entries as they are, a JSON object each. */
    private static final class JsonLines extends ExportWriter
    {
        private final JsonMapper mapper = new JsonMapper();
        private final int shard;

        JsonLines(final int shard, final long ledger, final ResumableFile out)
        {
            super(ledger, out);
            this.shard = shard;
        }

        @Override
        void begin()
        {
            // Every line stands for itself.
        }

        @Override
        void writeEntry(final DirectBuffer buffer, final int offset) throws IOException
        {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put("shard", shard);
            json.putAll(EntryText.fields(buffer, offset));
            if (isOfEntry(json.get("ledger")) || isOfEntry(json.get("resolved_ledger")))
            {
                json.put("leaf", leaf());
                record(mapper.writeValueAsString(json) + "\n");
            }
        }

        private boolean isOfEntry(final Object number)
        {
            return number instanceof Number value ? isOf(value.intValue()) : isOf(0);
        }
    }
}
