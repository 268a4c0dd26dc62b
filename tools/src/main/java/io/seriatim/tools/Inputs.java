package io.seriatim.tools;

import java.util.function.Supplier;

/**
 * Opens what stands on a file without leaving it open when that fails.
 */
final class Inputs
{
    private Inputs()
    {
    }

    /**
     * Makes something out of an open file, or closes it.
     *
     * @param reader that is open.
     * @param maker  what to do with it.
     * @param <T>    type of what is made.
     * @return what was made.
     */
    static <T> T orClose(final CsvReader reader, final Supplier<T> maker)
    {
        boolean isMade = false;
        try
        {
            final T made = maker.get();
            isMade = true;
            return made;
        }
        finally
        {
            if (!isMade)
            {
                reader.close();
            }
        }
    }
}
