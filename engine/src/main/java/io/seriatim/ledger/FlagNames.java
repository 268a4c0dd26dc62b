package io.seriatim.ledger;

import java.util.List;
import java.util.StringJoiner;

/**
 * Flag words as text, the same way for accounts and transfers.
 */
final class FlagNames
{
    private static final int BIT_COUNT = 16;

    private FlagNames()
    {
    }

    static String format(final int flags, final List<String> names)
    {
        final StringJoiner joiner = new StringJoiner("|");
        for (int bit = 0; bit < BIT_COUNT; bit++)
        {
            if ((flags & 1 << bit) != 0)
            {
                joiner.add(bit < names.size() ? names.get(bit) : "bit_" + bit);
            }
        }
        return joiner.toString();
    }

    static int parse(final String text, final List<String> names)
    {
        int flags = 0;
        if (!text.isEmpty())
        {
            for (final String name : text.split("\\|", -1))
            {
                final int bit = names.indexOf(name.strip());
                if (bit < 0)
                {
                    throw new IllegalArgumentException(
                        "not a flag: '" + name + "'; allowed are " + String.join(", ", names) + ", joined by |");
                }
                flags |= 1 << bit;
            }
        }
        return flags;
    }
}
