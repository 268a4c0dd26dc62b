package io.seriatim.advice;

import io.seriatim.ledger.Uint128;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.IntArrayList;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The commands of a journal, cut into what can only be moved as a whole: a linked chain, else a single command, or a
 * whole request that imports or in which something expires; and what each of these units does with which part of the
 * state.
 * <p>
 * Parts of the state: of an account whether it is there and open ({@link Part#STATE}), and its balances ({@link
 * Part#BALANCE}); a transfer's id that came more than once ({@link Part#ID}); a pending transfer ({@link
 * Part#PENDING}); time itself, for what is imported or has hardly any left ({@link Part#TIME}); and a ledger, which is
 * only read, so that units can be told by it ({@link Part#LEDGER}).
 * <p>
 * Shape: arrays over all units, and over all of their accesses.<br>
 * Threads: confined to one.
 */
final class Units
{
    /** Kinds of parts of the state. */
    enum Part
    {
        STATE, BALANCE, ID, PENDING, TIME, LEDGER
    }

    private record Key(Part part, long high, long low)
    {
    }

    private final Map<Key, Integer> keys = new HashMap<>();
    private final List<Key> keysByNumber = new ArrayList<>();
    private final IntArrayList firstCommands = new IntArrayList();
    private final IntArrayList accessStarts = new IntArrayList();
    private final IntArrayList accesses = new IntArrayList();
    private final Int2IntHashMap open = new Int2IntHashMap(-1);
    private int commandEnd;

    /** None yet. */
    Units()
    {
        accessStarts.addInt(0);
    }

    /** A unit begins with a command. */
    void begin(final int command)
    {
        firstCommands.addInt(command);
        open.clear();
    }

    /** The unit that was begun touches a part of the state. */
    void touch(final Part part, final long idHigh, final long idLow, final Access access)
    {
        final Key name = new Key(part, idHigh, idLow);
        final int key = keys.computeIfAbsent(name, any -> keys.size());
        if (key == keysByNumber.size())
        {
            keysByNumber.add(name);
        }
        final int before = open.get(key);
        open.put(key, (before < 0 ? access : Access.of(before).with(access)).ordinal());
    }

    /** All of the unit was told, which ends before a command. */
    void end(final int command)
    {
        commandEnd = command;
        open.forEachInt((key, access) -> accesses.addInt(key << Access.BITS | access));
        accessStarts.addInt(accesses.size());
    }

    int count()
    {
        return firstCommands.size();
    }

    int keyCount()
    {
        return keys.size();
    }

    /** What a part of the state is. */
    Part part(final int key)
    {
        return keysByNumber.get(key).part();
    }

    /** Whose it is: id of an account or a transfer, number of a ledger. */
    Uint128 id(final int key)
    {
        return new Uint128(keysByNumber.get(key).high(), keysByNumber.get(key).low());
    }

    /** Number of a part of the state; -1 if no unit touches it. */
    int keyOf(final Part part, final long idHigh, final long idLow)
    {
        return keys.getOrDefault(new Key(part, idHigh, idLow), -1);
    }

    int firstCommand(final int unit)
    {
        return firstCommands.getInt(unit);
    }

    /** How many commands a unit has, from the first one on. */
    int commandCount(final int unit)
    {
        return (unit + 1 < count() ? firstCommand(unit + 1) : commandEnd) - firstCommand(unit);
    }

    /** The first access of a unit; those of all units lie one behind the other. */
    int accessStart(final int unit)
    {
        return accessStarts.getInt(unit);
    }

    int key(final int index)
    {
        return accesses.getInt(index) >>> Access.BITS;
    }

    Access access(final int index)
    {
        return Access.of(accesses.getInt(index) & Access.MASK);
    }
}
