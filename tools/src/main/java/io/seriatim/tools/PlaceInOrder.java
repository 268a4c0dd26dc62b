package io.seriatim.tools;

import io.seriatim.journal.Entries;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.EntryText;
import org.agrona.DirectBuffer;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;

/**
 * A moment of the past as a user names it: a sequence, which is a place in a shard's order; or a time, to which
 * everything belongs that happened until then, in whatever order it was entered.
 *
 * @param sequence    of the last entry that counts; or {@link Long#MAX_VALUE}.
 * @param timestampNs of the last moment that counts; or {@link Long#MAX_VALUE}.
 * @param startNs     of the first moment that is meant: of a day its beginning, else the same.
 */
record PlaceInOrder(long sequence, long timestampNs, long startNs)
{
    /** Everything counts. */
    static final PlaceInOrder END = new PlaceInOrder(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    /** Nothing counts. */
    static final PlaceInOrder BEGINNING = new PlaceInOrder(-1, Long.MAX_VALUE, Long.MAX_VALUE);

    static final String FORMS =
        "a sequence; or a time in UTC: 2026-11-28T22:10:05.5Z, or a day, 2026-11-28, which counts to its end";

    /**
     * Read what a user wrote.
     *
     * @param text of a sequence or a time.
     * @return the place.
     * @throws IllegalArgumentException if it is neither.
     */
    static PlaceInOrder parse(final String text)
    {
        if (text.matches("[0-9]{1,18}"))
        {
            return new PlaceInOrder(Long.parseLong(text), Long.MAX_VALUE, Long.MAX_VALUE);
        }
        try
        {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}"))
            {
                final long startNs = nanos(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
                return new PlaceInOrder(Long.MAX_VALUE, startNs + TimeUnit.DAYS.toNanos(1) - 1, startNs);
            }
            final long momentNs = nanos(Instant.parse(text));
            return new PlaceInOrder(Long.MAX_VALUE, momentNs, momentNs);
        }
        catch (final DateTimeParseException | ArithmeticException ex)
        {
            throw new IllegalArgumentException("a moment is " + FORMS + ": found '" + text + "'", ex);
        }
        catch (final DateTimeException ex)
        {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
    }

    /** The last moment that is before this one; before a day, the end of the day before. */
    PlaceInOrder justBefore()
    {
        return isSequence() ? new PlaceInOrder(sequence - 1, timestampNs, startNs) :
            new PlaceInOrder(sequence, startNs - 1, startNs - 1);
    }

    /** Whether an entry counts. */
    boolean includes(final BooksWalk walk, final DirectBuffer buffer, final int offset)
    {
        return Entries.sequence(buffer, offset) <= sequence && walk.timestampNs(buffer, offset) <= timestampNs;
    }

    /** Whether no entry behind this one counts. */
    boolean isBehind(final DirectBuffer buffer, final int offset)
    {
        return Entries.sequence(buffer, offset) > sequence;
    }

    /** Whether this is a place in one shard's order, so that the shard has to be known. */
    boolean isSequence()
    {
        return sequence != Long.MAX_VALUE;
    }

    @Override
    public String toString()
    {
        return sequence == BEGINNING.sequence ? "the beginning" : isSequence() ? "sequence " + sequence :
            timestampNs == Long.MAX_VALUE ? "the end" : EntryText.time(timestampNs);
    }

    private static long nanos(final Instant instant)
    {
        return BigInteger.valueOf(instant.getEpochSecond())
            .multiply(BigInteger.valueOf(TimeUnit.SECONDS.toNanos(1)))
            .add(BigInteger.valueOf(instant.getNano())).longValueExact();
    }
}
