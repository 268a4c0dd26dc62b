package io.seriatim.engine;

import io.seriatim.ledger.Uint128;

/**
 * Which transfers, or balances, of one account. All conditions hold together; a zero is no condition. A filter that can
 * match nothing (see SEMANTICS, section 14) is no error: its answer is empty.
 *
 * @param accountId      the account.
 * @param userData128    of the transfers; 0 = any.
 * @param userData64     of the transfers; 0 = any.
 * @param userData32     of the transfers; 0 = any.
 * @param code           of the transfers, 1 to 65535; 0 = any.
 * @param timestampMinNs earliest, inclusive; 0 = open.
 * @param timestampMaxNs latest, inclusive; 0 = open.
 * @param limit          most rows, unsigned, not 0; above {@link QueryRows#ROW_COUNT_MAX} it is capped.
 * @param flags          bits: {@link Filter#DEBITS}, {@link Filter#CREDITS}, {@link Filter#REVERSED},
 *                       {@link Filter#OPENING}.
 */
public record AccountFilter(
    Uint128 accountId,
    Uint128 userData128,
    long userData64,
    int userData32,
    int code,
    long timestampMinNs,
    long timestampMaxNs,
    int limit,
    int flags)
{
    /**
     * Everything of an account, oldest first, as much as an answer holds.
     *
     * @param accountId the account.
     * @return a filter.
     */
    public static AccountFilter of(final Uint128 accountId)
    {
        return new AccountFilter(
            accountId, Uint128.ZERO, 0, 0, 0, 0, 0, QueryRows.ROW_COUNT_MAX, Filter.DEBITS | Filter.CREDITS);
    }

    /**
     * Everything of an account, oldest first, as much as an answer holds.
     *
     * @param accountId the account.
     * @return a filter.
     */
    public static AccountFilter of(final long accountId)
    {
        return of(Uint128.of(accountId));
    }

    /**
     * The same filter with a time range; so pages are turned: from the last timestamp + 1 on, or up to it - 1.
     *
     * @param newTimestampMinNs earliest, inclusive; 0 = open.
     * @param newTimestampMaxNs latest, inclusive; 0 = open.
     * @return a copy.
     */
    public AccountFilter between(final long newTimestampMinNs, final long newTimestampMaxNs)
    {
        return new AccountFilter(
            accountId, userData128, userData64, userData32, code, newTimestampMinNs, newTimestampMaxNs, limit, flags);
    }

    /**
     * The same filter with another limit.
     *
     * @param newLimit most rows.
     * @return a copy.
     */
    public AccountFilter withLimit(final int newLimit)
    {
        return new AccountFilter(
            accountId, userData128, userData64, userData32, code, timestampMinNs, timestampMaxNs, newLimit, flags);
    }

    /**
     * The same filter with other flags.
     *
     * @param newFlags bits: {@link Filter#DEBITS}, {@link Filter#CREDITS}, {@link Filter#REVERSED},
     *                 {@link Filter#OPENING}.
     * @return a copy.
     */
    public AccountFilter withFlags(final int newFlags)
    {
        return new AccountFilter(
            accountId, userData128, userData64, userData32, code, timestampMinNs, timestampMaxNs, limit, newFlags);
    }

    /**
     * The same filter for transfers of a kind only.
     *
     * @param newCode of the transfers; 0 = any.
     * @return a copy.
     */
    public AccountFilter withCode(final int newCode)
    {
        return new AccountFilter(
            accountId, userData128, userData64, userData32, newCode, timestampMinNs, timestampMaxNs, limit, flags);
    }

    /**
     * The same filter for transfers with user data only.
     *
     * @param newUserData128 of the transfers; 0 = any.
     * @param newUserData64  of the transfers; 0 = any.
     * @param newUserData32  of the transfers; 0 = any.
     * @return a copy.
     */
    public AccountFilter withUserData(final Uint128 newUserData128, final long newUserData64, final int newUserData32)
    {
        return new AccountFilter(
            accountId, newUserData128, newUserData64, newUserData32, code, timestampMinNs, timestampMaxNs, limit,
            flags);
    }

    void encode(final Filter filter)
    {
        filter
            .id(accountId.high(), accountId.low())
            .userData128(userData128.high(), userData128.low())
            .userData64(userData64)
            .userData32(userData32)
            .code(code)
            .timestampMinNs(timestampMinNs)
            .timestampMaxNs(timestampMaxNs)
            .limit(limit)
            .flags(flags);
    }
}
