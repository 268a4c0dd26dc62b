/**
 * What the counters of an engine, and of the feeds beside it, mean: figures of intervals and of the last hour, what
 * order costs, where the bottleneck is. {@link io.seriatim.instruments.Instruments} is where to start.
 * <p>
 * A quiet package: whoever holds an object of it calls it, from one thread; nothing here is seen by the engine.
 * <p>
 * Imports: {@code engine} and {@code journal}, for the counters and where they lie.
 */
package io.seriatim.instruments;
