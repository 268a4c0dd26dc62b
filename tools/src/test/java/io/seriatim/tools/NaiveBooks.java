package io.seriatim.tools;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules that a made-up workload meets, in maps: slow, and nothing that the generator shares. */
final class NaiveBooks
{
    private final Map<Long, long[]> accounts = new HashMap<>();
    private final Map<Long, AccountRow> definitions = new HashMap<>();
    private final Map<String, TransferRow> transfers = new HashMap<>();
    private final Set<String> poisoned = new HashSet<>();

    void account(final AccountRow row)
    {
        final AccountRow definition = new AccountRow();
        definition.ledger = row.ledger;
        definition.flags = row.flags;
        if (definitions.put(row.idLow, definition) != null)
        {
            throw new AssertionError("account is there twice: " + row.idLow);
        }
        accounts.put(row.idLow, new long[2]);
    }

    long debitsPosted(final long id)
    {
        return accounts.get(id)[0];
    }

    long creditsPosted(final long id)
    {
        return accounts.get(id)[1];
    }

    /** One transfer, or a chain of two. */
    String[] apply(final TransferRow... chain)
    {
        final String[] outcomes = new String[chain.length];
        final Map<Long, long[]> before = new HashMap<>();
        for (final TransferRow row : chain)
        {
            for (final long id : new long[] { row.debitAccountIdLow, row.creditAccountIdLow })
            {
                if (accounts.containsKey(id))
                {
                    before.put(id, accounts.get(id).clone());
                }
            }
        }
        for (int i = 0; i < chain.length; i++)
        {
            outcomes[i] = one(chain[i]);
            if (!"CREATED".equals(outcomes[i]) && chain.length > 1)
            {
                accounts.putAll(before);
                for (int j = 0; j < chain.length; j++)
                {
                    if (j != i)
                    {
                        outcomes[j] = "LINKED_EVENT_FAILED";
                        transfers.remove(id(chain[j]));
                    }
                }
                return outcomes;
            }
        }
        return outcomes;
    }

    private String one(final TransferRow row)
    {
        final TransferRow stored = transfers.get(id(row));
        if (stored != null)
        {
            return text(stored).equals(text(row)) ? "EXISTS" : "EXISTS_WITH_DIFFERENT_SOMETHING";
        }
        if (poisoned.contains(id(row)))
        {
            return "ID_ALREADY_FAILED";
        }
        final String outcome = move(row);
        if ("CREATED".equals(outcome))
        {
            transfers.put(id(row), copy(row));
        }
        else
        {
            poisoned.add(id(row));
        }
        return outcome;
    }

    private String move(final TransferRow row)
    {
        final long[] debit = accounts.get(row.debitAccountIdLow);
        final long[] credit = accounts.get(row.creditAccountIdLow);
        if (debit == null || credit == null)
        {
            return (debit == null ? "debit" : "credit").toUpperCase(Locale.ROOT) + "_ACCOUNT_NOT_FOUND";
        }
        final AccountRow payer = definitions.get(row.debitAccountIdLow);
        if (row.debitAccountIdLow == row.creditAccountIdLow || payer.ledger != row.ledger ||
            definitions.get(row.creditAccountIdLow).ledger != row.ledger || row.code == 0)
        {
            return "WRONG_ACCOUNTS";
        }
        if ((payer.flags & AccountRow.DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
            debit[0] + row.amountLow > debit[1])
        {
            return "EXCEEDS_CREDITS";
        }
        debit[0] += row.amountLow;
        credit[1] += row.amountLow;
        return "CREATED";
    }

    private static String id(final TransferRow row)
    {
        return row.idHigh + ":" + row.idLow;
    }

    static String text(final TransferRow row)
    {
        return id(row) + " " + row.debitAccountIdHigh + ":" + row.debitAccountIdLow + " " + row.creditAccountIdHigh +
            ":" + row.creditAccountIdLow + " " + row.amountHigh + ":" + row.amountLow + " " + row.pendingIdHigh + ":" +
            row.pendingIdLow + " " + row.userData128High + ":" + row.userData128Low + " " + row.userData64 + " " +
            row.userData32 + " " + row.timeout + " " + row.ledger + " " + row.code + " " + row.flags + " " +
            row.timestampNs;
    }

    static TransferRow copy(final TransferRow row)
    {
        final TransferRow copy = new TransferRow();
        copy.line = row.line;
        copy.idHigh = row.idHigh;
        copy.idLow = row.idLow;
        copy.debitAccountIdLow = row.debitAccountIdLow;
        copy.creditAccountIdLow = row.creditAccountIdLow;
        copy.amountLow = row.amountLow;
        copy.pendingIdHigh = row.pendingIdHigh;
        copy.pendingIdLow = row.pendingIdLow;
        copy.userData64 = row.userData64;
        copy.userData32 = row.userData32;
        copy.timeout = row.timeout;
        copy.ledger = row.ledger;
        copy.code = row.code;
        copy.flags = row.flags;
        return copy;
    }
}
