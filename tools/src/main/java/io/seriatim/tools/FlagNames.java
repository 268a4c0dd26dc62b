package io.seriatim.tools;

import java.util.List;

/**
 * The flags of accounts, transfers and filters by their names, as they stand in a file: names joined by {@code |}.
 * Nothing, or {@code 0}, is no flag at all.
 */
final class FlagNames
{
    /** Of an account, from bit 0. */
    static final FlagNames ACCOUNT = new FlagNames(
        "linked", "debits_must_not_exceed_credits", "credits_must_not_exceed_debits", "history", "imported", "closed");

    /** Of a transfer, from bit 0. */
    static final FlagNames TRANSFER = new FlagNames(
        "linked", "pending", "post_pending_transfer", "void_pending_transfer", "balancing_debit", "balancing_credit",
        "closing_debit", "closing_credit", "imported");

    /** Of a filter for the transfers of an account, from bit 0. */
    static final FlagNames ACCOUNT_FILTER = new FlagNames("debits", "credits", "reversed");

    /** Of a filter for the balances of an account, from bit 0. */
    static final FlagNames BALANCE_FILTER = new FlagNames("debits", "credits", "reversed", "opening");

    /** Of a filter by fields, from bit 0. */
    static final FlagNames QUERY_FILTER = new FlagNames("reversed");

    private final String[] names;

    private FlagNames(final String... names)
    {
        this.names = names;
    }

    /**
     * Reads flags.
     *
     * @param buffer holding the names.
     * @param offset of the first.
     * @param length in bytes.
     * @return the bits, or -1 if there is an unknown name, an empty one, or one that stands there twice.
     */
    int parse(final byte[] buffer, final int offset, final int length)
    {
        if (length == 0 || (length == 1 && buffer[offset] == '0'))
        {
            return 0;
        }
        final int end = offset + length;
        int flags = 0;
        int start = offset;
        for (int i = offset; i <= end; i++)
        {
            if (i == end || buffer[i] == '|')
            {
                final int bit = bitOf(buffer, start, i - start);
                if (bit < 0 || (flags & 1 << bit) != 0)
                {
                    return -1;
                }
                flags |= 1 << bit;
                start = i + 1;
            }
        }
        return flags;
    }

    /**
     * The bit of a flag.
     *
     * @param name of the flag.
     * @return its number, from 0; or -1 if there is no such flag.
     */
    int bitOf(final String name)
    {
        return List.of(names).indexOf(name);
    }

    /**
     * All names.
     *
     * @return from bit 0.
     */
    List<String> names()
    {
        return List.of(names);
    }

    private int bitOf(final byte[] buffer, final int offset, final int length)
    {
        for (int bit = 0; bit < names.length; bit++)
        {
            if (isName(names[bit], buffer, offset, length))
            {
                return bit;
            }
        }
        return -1;
    }

    private static boolean isName(final String name, final byte[] buffer, final int offset, final int length)
    {
        if (name.length() != length)
        {
            return false;
        }
        for (int i = 0; i < length; i++)
        {
            if (name.charAt(i) != buffer[offset + i])
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes flags.
     *
     * @param flags the bits; those without a name are left out.
     * @return names joined by {@code |}, or nothing.
     */
    String format(final int flags)
    {
        final StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < names.length; bit++)
        {
            if ((flags & 1 << bit) != 0)
            {
                text.append(text.length() == 0 ? "" : "|").append(names[bit]);
            }
        }
        return text.toString();
    }

    /**
     * What is allowed, for a message.
     *
     * @return all names.
     */
    String allowed()
    {
        return "each at most once and joined by |, of " + String.join(" ", names);
    }
}
