package io.seriatim.engine;

import io.seriatim.ledger.Uint128;

/**
 * Which accounts, or transfers. All conditions hold together; a zero is no condition, so that the filter of zeros
 * matches everything. A filter that can match nothing (see SEMANTICS, section 14) is no error: its answer is empty.
 *
 * @param userData128    of the objects; 0 = any.
 * @param userData64     of the objects; 0 = any.
 * @param userData32     of the objects; 0 = any.
 * @param ledger         of the objects; 0 = any.
 * @param code           of the objects, 1 to 65535; 0 = any.
 * @param timestampMinNs earliest, inclusive; 0 = open.
 * @param timestampMaxNs latest, inclusive; 0 = open.
 * @param limit          most rows, unsigned, not 0; above {@link QueryRows#ROW_COUNT_MAX} it is capped.
 * @param flags          bits: {@link Filter#QUERY_REVERSED}.
 */
public record QueryFilter(
    Uint128 userData128,
    long userData64,
    int userData32,
    int ledger,
    int code,
    long timestampMinNs,
    long timestampMaxNs,
    int limit,
    int flags)
{
    /** Everything, oldest first, as much as an answer holds. */
    public static final QueryFilter ALL =
        new QueryFilter(Uint128.ZERO, 0, 0, 0, 0, 0, 0, QueryRows.ROW_COUNT_MAX, 0);

    /**
     * The same filter with a time range; so pages are turned: from the last timestamp + 1 on, or up to it - 1.
     *
     * @param newTimestampMinNs earliest, inclusive; 0 = open.
     * @param newTimestampMaxNs latest, inclusive; 0 = open.
     * @return a copy.
     */
    public QueryFilter between(final long newTimestampMinNs, final long newTimestampMaxNs)
    {
        return new QueryFilter(
            userData128, userData64, userData32, ledger, code, newTimestampMinNs, newTimestampMaxNs, limit, flags);
    }

    /**
     * The same filter with another limit.
     *
     * @param newLimit most rows.
     * @return a copy.
     */
    public QueryFilter withLimit(final int newLimit)
    {
        return new QueryFilter(
            userData128, userData64, userData32, ledger, code, timestampMinNs, timestampMaxNs, newLimit, flags);
    }

    /**
     * The same filter, newest first.
     *
     * @return a copy.
     */
    public QueryFilter reversed()
    {
        return new QueryFilter(
            userData128, userData64, userData32, ledger, code, timestampMinNs, timestampMaxNs, limit,
            flags | Filter.QUERY_REVERSED);
    }

    /**
     * The same filter for objects of a ledger only.
     *
     * @param newLedger number of the ledger; 0 = any.
     * @return a copy.
     */
    public QueryFilter withLedger(final int newLedger)
    {
        return new QueryFilter(
            userData128, userData64, userData32, newLedger, code, timestampMinNs, timestampMaxNs, limit, flags);
    }

    /**
     * The same filter for objects of a kind only.
     *
     * @param newCode of the objects; 0 = any.
     * @return a copy.
     */
    public QueryFilter withCode(final int newCode)
    {
        return new QueryFilter(
            userData128, userData64, userData32, ledger, newCode, timestampMinNs, timestampMaxNs, limit, flags);
    }

    /**
     * The same filter for objects with user data only.
     *
     * @param newUserData128 of the objects; 0 = any.
     * @param newUserData64  of the objects; 0 = any.
     * @param newUserData32  of the objects; 0 = any.
     * @return a copy.
     */
    public QueryFilter withUserData(final Uint128 newUserData128, final long newUserData64, final int newUserData32)
    {
        return new QueryFilter(
            newUserData128, newUserData64, newUserData32, ledger, code, timestampMinNs, timestampMaxNs, limit, flags);
    }

    void encode(final Filter filter)
    {
        filter
            .userData128(userData128.high(), userData128.low())
            .userData64(userData64)
            .userData32(userData32)
            .ledger(ledger)
            .code(code)
            .timestampMinNs(timestampMinNs)
            .timestampMaxNs(timestampMaxNs)
            .limit(limit)
            .flags(flags);
    }
}
