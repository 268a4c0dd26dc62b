package io.seriatim.tools;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules that a made-up workload meets, in maps: slow, and nothing that the generator shares. */
final class NaiveBooks
{
    private static final int DEBITS_POSTED = 0;
    private static final int CREDITS_POSTED = 1;
    private static final int DEBITS_PENDING = 2;
    private static final int CREDITS_PENDING = 3;
    private static final int CLOSED = 4;
    private static final long MIN_TIMEOUT_S = 86_400;

    private final Map<Long, long[]> accounts = new HashMap<>();
    /** What became of pending transfers; none is in here that is no pending transfer. */
    private final Map<String, String> states = new HashMap<>();
    private long lastTimestampNs;
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
        accounts.put(row.idLow, new long[5]);
    }

    long debitsPosted(final long id)
    {
        return accounts.get(id)[DEBITS_POSTED];
    }

    long creditsPosted(final long id)
    {
        return accounts.get(id)[CREDITS_POSTED];
    }

    long debitsPending(final long id)
    {
        return accounts.get(id)[DEBITS_PENDING];
    }

    long creditsPending(final long id)
    {
        return accounts.get(id)[CREDITS_PENDING];
    }

    boolean isAnyClosed()
    {
        return accounts.values().stream().anyMatch(account -> account[CLOSED] != 0);
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
            // The timestamp of an imported transfer is not compared.
            final TransferRow again = copy(row);
            again.timestampNs = stored.timestampNs;
            return text(stored).equals(text(again)) ? "EXISTS" : "EXISTS_WITH_DIFFERENT_SOMETHING";
        }
        if (poisoned.contains(id(row)))
        {
            return "ID_ALREADY_FAILED";
        }
        final boolean isResolving =
            (row.flags & (TransferRow.POST_PENDING_TRANSFER | TransferRow.VOID_PENDING_TRANSFER)) != 0;
        final String outcome = isResolving ? resolve(row) : move(row);
        if ("CREATED".equals(outcome))
        {
            transfers.put(id(row), copy(row));
            if ((row.flags & TransferRow.IMPORTED) == 0 ? row.timestampNs != 0 : row.timestampNs <= lastTimestampNs)
            {
                return "WRONG_TIMESTAMP";
            }
            lastTimestampNs = Math.max(lastTimestampNs, row.timestampNs);
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
        if (debit[CLOSED] != 0 || credit[CLOSED] != 0)
        {
            return (debit[CLOSED] != 0 ? "DEBIT" : "CREDIT") + "_ACCOUNT_ALREADY_CLOSED";
        }
        final boolean isPending = (row.flags & TransferRow.PENDING) != 0;
        final boolean isClosing = (row.flags & (TransferRow.CLOSING_DEBIT | TransferRow.CLOSING_CREDIT)) != 0;
        if (isClosing && !isPending || row.timeout != 0 && (!isPending || row.timeout < MIN_TIMEOUT_S ||
            (row.flags & TransferRow.IMPORTED) != 0) || row.pendingIdHigh != 0 || row.pendingIdLow != 0)
        {
            return "WRONG_FIELDS";
        }
        long amount = row.amountLow;
        if ((row.flags & TransferRow.BALANCING_DEBIT) != 0)
        {
            amount = Math.min(
                amount, Math.max(0, debit[CREDITS_POSTED] - debit[DEBITS_POSTED] - debit[DEBITS_PENDING]));
        }
        if ((row.flags & TransferRow.BALANCING_CREDIT) != 0)
        {
            amount = Math.min(
                amount, Math.max(0, credit[DEBITS_POSTED] - credit[CREDITS_POSTED] - credit[CREDITS_PENDING]));
        }
        if ((payer.flags & AccountRow.DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
            debit[DEBITS_PENDING] + debit[DEBITS_POSTED] + amount > debit[CREDITS_POSTED])
        {
            return "EXCEEDS_CREDITS";
        }
        debit[isPending ? DEBITS_PENDING : DEBITS_POSTED] += amount;
        credit[isPending ? CREDITS_PENDING : CREDITS_POSTED] += amount;
        debit[CLOSED] += (row.flags & TransferRow.CLOSING_DEBIT) != 0 ? 1 : 0;
        credit[CLOSED] += (row.flags & TransferRow.CLOSING_CREDIT) != 0 ? 1 : 0;
        if (isPending)
        {
            states.put(id(row), "PENDING");
        }
        return "CREATED";
    }

    /** Made-up pending transfers do not balance, so the amount of their row is the one that they reserve. */
    private String resolve(final TransferRow row)
    {
        final String pendingId = row.pendingIdHigh + ":" + row.pendingIdLow;
        final TransferRow pending = transfers.get(pendingId);
        if (pending == null)
        {
            return "PENDING_TRANSFER_NOT_FOUND";
        }
        if (!states.containsKey(pendingId))
        {
            return "PENDING_TRANSFER_NOT_PENDING";
        }
        if (isOther(row.debitAccountIdLow, pending.debitAccountIdLow) ||
            isOther(row.creditAccountIdLow, pending.creditAccountIdLow) ||
            isOther(row.ledger, pending.ledger) || isOther(row.code, pending.code) || row.timeout != 0)
        {
            return "WRONG_FIELDS";
        }
        final boolean isPost = (row.flags & TransferRow.POST_PENDING_TRANSFER) != 0;
        final boolean isMax = row.amountHigh == -1 && row.amountLow == -1;
        final long amount = (isPost ? isMax : row.amountLow == 0) ? pending.amountLow : row.amountLow;
        if (amount > pending.amountLow)
        {
            return "EXCEEDS_PENDING_TRANSFER_AMOUNT";
        }
        if (!isPost && amount < pending.amountLow)
        {
            return "PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT";
        }
        if (!states.get(pendingId).equals("PENDING"))
        {
            return "PENDING_TRANSFER_ALREADY_" + states.get(pendingId);
        }
        final long[] debit = accounts.get(pending.debitAccountIdLow);
        final long[] credit = accounts.get(pending.creditAccountIdLow);
        if (isPost && (debit[CLOSED] != 0 || credit[CLOSED] != 0))
        {
            return (debit[CLOSED] != 0 ? "DEBIT" : "CREDIT") + "_ACCOUNT_ALREADY_CLOSED";
        }
        debit[DEBITS_PENDING] -= pending.amountLow;
        credit[CREDITS_PENDING] -= pending.amountLow;
        if (isPost)
        {
            debit[DEBITS_POSTED] += amount;
            credit[CREDITS_POSTED] += amount;
        }
        else
        {
            debit[CLOSED] -= (pending.flags & TransferRow.CLOSING_DEBIT) != 0 ? 1 : 0;
            credit[CLOSED] -= (pending.flags & TransferRow.CLOSING_CREDIT) != 0 ? 1 : 0;
        }
        states.put(pendingId, isPost ? "POSTED" : "VOIDED");
        return "CREATED";
    }

    private static boolean isOther(final long given, final long own)
    {
        return given != 0 && given != own;
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
        copy.amountHigh = row.amountHigh;
        copy.amountLow = row.amountLow;
        copy.pendingIdHigh = row.pendingIdHigh;
        copy.pendingIdLow = row.pendingIdLow;
        copy.userData64 = row.userData64;
        copy.userData32 = row.userData32;
        copy.timeout = row.timeout;
        copy.ledger = row.ledger;
        copy.code = row.code;
        copy.flags = row.flags;
        copy.timestampNs = row.timestampNs;
        return copy;
    }
}
