package io.seriatim.engine;

import java.util.List;

/**
 * What a look-up found: objects in the order asked for, those that are not there left out.
 *
 * @param values          found, at most as many as were asked for; match them by id.
 * @param validAtSequence the state after this entry was looked at.
 * @param <T>             account or transfer.
 */
public record Found<T>(List<T> values, long validAtSequence)
{
    /**
     * Unchangeable.
     */
    public Found
    {
        values = List.copyOf(values);
    }

    /**
     * The one object asked for.
     *
     * @return the object.
     * @throws java.util.NoSuchElementException if it was not found.
     */
    public T one()
    {
        if (values.size() != 1)
        {
            throw new java.util.NoSuchElementException(
                "found " + values.size() + " objects at sequence " + validAtSequence);
        }
        return values.get(0);
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(value).append(", "));
        return (values.isEmpty() ? "nothing, " : text).toString() + "as of sequence " + validAtSequence;
    }
}
