package io.seriatim.advice;

import java.util.concurrent.TimeUnit;

/**
 * What is to be done, as far as it is known. Every setter returns the workload.
 * <p>
 * Threads: confined to one.
 */
public final class Workload
{
    private double rate;
    private long scopeCount = 1;
    private double heaviestShare;
    private long serviceTimeNs;
    private long workerCount;
    private double orderedShare = 1;
    private long ledgerCount = 1;
    private double heaviestLedgerShare;
    private double crossLedgerShare;
    private double dependentShare = 1;
    private boolean mayLag;
    private boolean mayBeCorrected;
    private int coreCount = 1;

    /**
     * Sets how much has to be done.
     *
     * @param rate entries a second; 0 for as many as possible.
     * @return this.
     */
    public Workload rate(final double rate)
    {
        this.rate = require("rate", rate, 0, Double.MAX_VALUE);
        return this;
    }

    /**
     * How much has to be done.
     *
     * @return entries a second; 0 for as many as possible.
     */
    public double rate()
    {
        return rate;
    }

    /**
     * Sets how many orders there are side by side: keys, accounts, customers; the default is 1.
     *
     * @param scopeCount above zero.
     * @return this.
     */
    public Workload scopeCount(final long scopeCount)
    {
        this.scopeCount = (long)require("scopeCount", scopeCount, 1, Long.MAX_VALUE);
        return this;
    }

    /**
     * How many orders there are side by side.
     *
     * @return a count.
     */
    public long scopeCount()
    {
        return scopeCount;
    }

    /**
     * Sets the share of all work that the busiest order has; by default all have the same.
     *
     * @param heaviestShare 0 to 1; 0 if it is not known.
     * @return this.
     */
    public Workload heaviestShare(final double heaviestShare)
    {
        this.heaviestShare = require("heaviestShare", heaviestShare, 0, 1);
        return this;
    }

    /**
     * The share of all work that the busiest order has.
     *
     * @return 1 / orders if nothing else is known.
     */
    public double heaviestShare()
    {
        return Math.max(heaviestShare, 1.0 / scopeCount);
    }

    /**
     * Sets how long the handler of a consumer takes for an entry.
     *
     * @param serviceTimeNs in nanoseconds; 0 if there is no consumer.
     * @return this.
     */
    public Workload serviceTimeNs(final long serviceTimeNs)
    {
        this.serviceTimeNs = (long)require("serviceTimeNs", serviceTimeNs, 0, TimeUnit.DAYS.toNanos(1));
        return this;
    }

    /**
     * How long the handler of a consumer takes for an entry.
     *
     * @return nanoseconds; 0 if there is no consumer.
     */
    public long serviceTimeNs()
    {
        return serviceTimeNs;
    }

    /**
     * Sets how many handlers run at once.
     *
     * @param workerCount a count; 0 for as many as there is a use for.
     * @return this.
     */
    public Workload workerCount(final long workerCount)
    {
        this.workerCount = (long)require("workerCount", workerCount, 0, Long.MAX_VALUE);
        return this;
    }

    /**
     * How many handlers run at once.
     *
     * @return a count; 0 for as many as there is a use for.
     */
    public long workerCount()
    {
        return workerCount;
    }

    /**
     * Sets the share of the work that has to be in order at all; the default is 1. The rest has no order.
     *
     * @param orderedShare 0 to 1.
     * @return this.
     */
    public Workload orderedShare(final double orderedShare)
    {
        this.orderedShare = require("orderedShare", orderedShare, 0, 1);
        return this;
    }

    /**
     * The share of the work that has to be in order at all.
     *
     * @return 0 to 1.
     */
    public double orderedShare()
    {
        return orderedShare;
    }

    /**
     * Sets how many ledgers the engine has; the default is 1.
     *
     * @param ledgerCount above zero.
     * @return this.
     */
    public Workload ledgerCount(final long ledgerCount)
    {
        this.ledgerCount = (long)require("ledgerCount", ledgerCount, 1, 1L << Integer.SIZE);
        return this;
    }

    /**
     * How many ledgers the engine has.
     *
     * @return a count.
     */
    public long ledgerCount()
    {
        return ledgerCount;
    }

    /**
     * Sets the share of all transfers that the busiest ledger has; by default all have the same.
     *
     * @param heaviestLedgerShare 0 to 1; 0 if it is not known.
     * @return this.
     */
    public Workload heaviestLedgerShare(final double heaviestLedgerShare)
    {
        this.heaviestLedgerShare = require("heaviestLedgerShare", heaviestLedgerShare, 0, 1);
        return this;
    }

    /**
     * The share of all transfers that the busiest ledger has.
     *
     * @return 1 / ledgers if nothing else is known.
     */
    public double heaviestLedgerShare()
    {
        return Math.max(heaviestLedgerShare, 1.0 / ledgerCount);
    }

    /**
     * Sets the share of requests that change several ledgers at once; the default is 0.
     *
     * @param crossLedgerShare 0 to 1.
     * @return this.
     */
    public Workload crossLedgerShare(final double crossLedgerShare)
    {
        this.crossLedgerShare = require("crossLedgerShare", crossLedgerShare, 0, 1);
        return this;
    }

    /**
     * The share of requests that change several ledgers at once.
     *
     * @return 0 to 1.
     */
    public double crossLedgerShare()
    {
        return crossLedgerShare;
    }

    /**
     * Sets the share of entries whose outcome depends on others before them: limited balances, chains, pending
     * transfers; the default is 1, which is safe.
     *
     * @param dependentShare 0 to 1.
     * @return this.
     */
    public Workload dependentShare(final double dependentShare)
    {
        this.dependentShare = require("dependentShare", dependentShare, 0, 1);
        return this;
    }

    /**
     * The share of entries whose outcome depends on others before them.
     *
     * @return 0 to 1.
     */
    public double dependentShare()
    {
        return dependentShare;
    }

    /**
     * Sets whether what comes out may be behind for a while; the default is that it may not.
     *
     * @param mayLag whether so.
     * @return this.
     */
    public Workload mayLag(final boolean mayLag)
    {
        this.mayLag = mayLag;
        return this;
    }

    /**
     * Whether what comes out may be behind for a while.
     *
     * @return true if so.
     */
    public boolean mayLag()
    {
        return mayLag;
    }

    /**
     * Sets whether what comes out may be wrong for a while, and be corrected; the default is that it may not.
     *
     * @param mayBeCorrected whether so.
     * @return this.
     */
    public Workload mayBeCorrected(final boolean mayBeCorrected)
    {
        this.mayBeCorrected = mayBeCorrected;
        return this;
    }

    /**
     * Whether what comes out may be wrong for a while.
     *
     * @return true if so.
     */
    public boolean mayBeCorrected()
    {
        return mayBeCorrected;
    }

    /**
     * Sets how many cores the machine has; the default is 1.
     *
     * @param coreCount above zero.
     * @return this.
     */
    public Workload coreCount(final int coreCount)
    {
        this.coreCount = (int)require("coreCount", coreCount, 1, Integer.MAX_VALUE);
        return this;
    }

    /**
     * How many cores the machine has.
     *
     * @return a count.
     */
    public int coreCount()
    {
        return coreCount;
    }

    private static double require(final String name, final double value, final double min, final double max)
    {
        if (!(value >= min && value <= max))
        {
            throw new IllegalArgumentException(
                "Workload." + name + " is " + (max == Double.MAX_VALUE || max == Long.MAX_VALUE ?
                number(min) + " or more" : number(min) + " to " + number(max)) + ": " + name + "=" + number(value));
        }
        return value;
    }

    private static String number(final double value)
    {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long)value) :
            Double.toString(value);
    }
}
