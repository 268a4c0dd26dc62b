package io.seriatim.advice;

import java.util.List;
import java.util.Map;

/**
 * Which order fits a workload, and what can be expected of it.
 *
 * @param scope        how wide the order is to be.
 * @param reason       why that one.
 * @param consumers    the most that handlers can do; null if there are none.
 * @param workerCount  how many handlers there is a use for; 0 if there are none.
 * @param engine       the most that the engine can do.
 * @param shardCount   how many shards and journals there is a use for.
 * @param shardReasons why not fewer and not more.
 * @param reviews      when to look at this again.
 * @param settings     for {@code seriatim init} and {@code seriatim feed}, by their names.
 */
public record Advice(
    OrderingScope scope,
    String reason,
    Ceiling consumers,
    long workerCount,
    Ceiling engine,
    int shardCount,
    List<String> shardReasons,
    List<String> reviews,
    Map<String, String> settings)
{
    /**
     * The most that the whole can do: engine and consumers.
     *
     * @return the lower of both.
     */
    public Ceiling ceiling()
    {
        return consumers != null && consumers.perSecond() < engine.perSecond() ? consumers : engine;
    }
}
