package io.seriatim.tools;

import picocli.CommandLine.Option;

/**
 * What a made-up workload has beside single payments and chains; nothing of it without these options.
 */
final class WorkloadOptions
{
    @Option(
        names = "--pending",
        paramLabel = "PERCENT",
        defaultValue = "0",
        description = "Share of transfers that belong to two-phase payments: pending ones, and the posts and voids " +
            "of most of them. Timeouts are a day or more, so that none expires while they are imported; the " +
            "expected balances hold as long as none has.")
    private int pendingPercent;

    @Option(
        names = "--balancing",
        paramLabel = "PERCENT",
        defaultValue = "0",
        description = "Share of balancing transfers, whose amount is a ceiling.")
    private int balancingPercent;

    @Option(
        names = "--closing",
        paramLabel = "PERCENT",
        defaultValue = "0",
        description = "Share of transfers that close an account, or open it again.")
    private int closingPercent;

    @Option(names = "--history", description = "All customers keep their history, not the merchants alone.")
    private boolean hasHistory;

    @Option(
        names = "--imported",
        description = "Accounts and transfers bring timestamps of their own, from 2025 on; no timeouts then.")
    private boolean isImported;

    WorkloadConfig applyTo(final WorkloadConfig config)
    {
        return config
            .pendingPercent(pendingPercent)
            .balancingPercent(balancingPercent)
            .closingPercent(closingPercent)
            .hasHistory(hasHistory)
            .isImported(isImported);
    }
}
