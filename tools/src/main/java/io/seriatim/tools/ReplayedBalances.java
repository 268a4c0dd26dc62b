package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.ShardAudit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * The accounts that a replay came to, and how their ledgers are defined. A shard that comes again replaces what was
 * kept of it.
 * <p>
 * Shape: 128 bytes for each account, by shard and ledger in the order of creation.<br>
 * Threads: confined to one.
 */
final class ReplayedBalances implements BalanceLookup
{
    private static final int ROW_LENGTH = AccountRecordDecoder.ENCODED_LENGTH;

    private final Long onlyLedger;
    private final Map<Integer, Map<Long, Rows>> shards = new TreeMap<>();
    private final Map<Integer, List<DefinitionAudit>> definitions = new TreeMap<>();
    private Map<Uint128, List<Place>> index;

    /** The accounts of a ledger. */
    static final class Rows
    {
        private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(ROW_LENGTH);
        private int count;
        private boolean isPending;

        int count()
        {
            return count;
        }

        DirectBuffer bytes()
        {
            return bytes;
        }

        static int offset(final int index)
        {
            return index * ROW_LENGTH;
        }

        private void add(final DirectBuffer row, final AccountRecordDecoder account)
        {
            bytes.putBytes(count++ * ROW_LENGTH, row, 0, ROW_LENGTH);
            isPending |= (account.debitsPendingHigh() | account.debitsPendingLow() |
                account.creditsPendingHigh() | account.creditsPendingLow()) != 0;
        }
    }

    /** Where an account is kept. */
    private record Place(Rows rows, int offset)
    {
    }

    /**
     * Nothing is kept yet.
     *
     * @param onlyLedger whose accounts are wanted; null if all are.
     */
    ReplayedBalances(final Long onlyLedger)
    {
        this.onlyLedger = onlyLedger;
    }

    /** Keep the accounts of a shard; a state that is null has none. */
    void keep(final ShardAudit audit, final LedgerStateMachine stateMachine)
    {
        if (stateMachine == null)
        {
            return;
        }
        final ExpandableArrayBuffer row = new ExpandableArrayBuffer(ROW_LENGTH);
        final AccountRecordDecoder account = new AccountRecordDecoder();
        final Map<Long, Rows> ledgers = new TreeMap<>();
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, row, 0);
            account.wrap(row, 0);
            if (onlyLedger == null || onlyLedger == account.ledger())
            {
                ledgers.computeIfAbsent(account.ledger(), number -> new Rows()).add(row, account);
            }
        }
        shards.put(audit.shard(), ledgers);
        definitions.put(audit.shard(), audit.definitions());
    }

    /** By shard, by ledger. */
    Collection<Map<Long, Rows>> shards()
    {
        return shards.values();
    }

    /** Whether any of the accounts has something pending. */
    boolean isPending()
    {
        return shards.values().stream().flatMap(ledgers -> ledgers.values().stream()).anyMatch(rows -> rows.isPending);
    }

    /** Whether any of the ledgers that have accounts here is defined. */
    boolean isDefined()
    {
        return shards.values().stream().flatMap(ledgers -> ledgers.keySet().stream())
            .anyMatch(ledger -> definition(ledger) != null);
    }

    /** The newest definition of a ledger; null if it has none. */
    DefinitionAudit definition(final long ledger)
    {
        return definitions.values().stream().flatMap(List::stream)
            .filter(definition -> definition.ledger() == ledger).findFirst().orElse(null);
    }

    @Override
    public void lookup(final Balance[] wanted, final Balance[] actual, final int count)
    {
        if (index == null)
        {
            index = index();
        }
        final AccountRecordDecoder account = new AccountRecordDecoder();
        for (int i = 0; i < count; i++)
        {
            final List<Place> places =
                index.getOrDefault(new Uint128(wanted[i].accountIdHigh, wanted[i].accountIdLow), List.of());
            for (final Place place : places)
            {
                account.wrap(place.rows().bytes, place.offset());
                // An id is unique in its shard alone, so the ledger tells which one is meant.
                if (places.size() == 1 || (int) account.ledger() == wanted[i].ledger)
                {
                    fill(account, actual[i]);
                }
            }
            if (places.size() > 1 && wanted[i].ledger == 0)
            {
                throw new ToolException(ExitCode.BAD_INPUT,
                    "account " + wanted[i].accountId() + " (line " + wanted[i].line + ") is there in several " +
                    "ledgers, on different shards: give a column ledger");
            }
        }
    }

    private Map<Uint128, List<Place>> index()
    {
        final Map<Uint128, List<Place>> places = new HashMap<>();
        final AccountRecordDecoder account = new AccountRecordDecoder();
        for (final Map<Long, Rows> ledgers : shards.values())
        {
            for (final Rows rows : ledgers.values())
            {
                for (int i = 0; i < rows.count; i++)
                {
                    account.wrap(rows.bytes, Rows.offset(i));
                    places.computeIfAbsent(
                        new Uint128(account.idHigh(), account.idLow()), id -> new ArrayList<>(1))
                        .add(new Place(rows, Rows.offset(i)));
                }
            }
        }
        return places;
    }

    private static void fill(final AccountRecordDecoder account, final Balance balance)
    {
        balance.isFound = true;
        balance.ledger = (int) account.ledger();
        balance.debitsPostedHigh = account.debitsPostedHigh();
        balance.debitsPostedLow = account.debitsPostedLow();
        balance.creditsPostedHigh = account.creditsPostedHigh();
        balance.creditsPostedLow = account.creditsPostedLow();
        balance.debitsPendingHigh = account.debitsPendingHigh();
        balance.debitsPendingLow = account.debitsPendingLow();
        balance.creditsPendingHigh = account.creditsPendingHigh();
        balance.creditsPendingLow = account.creditsPendingLow();
    }
}
