/**
 * Totals over any number of shards, processes and nodes that need no order between them: each shard's contribution is
 * of a sequence, and of two the later one counts. {@link io.seriatim.totals.Totals} is where to start.
 * <p>
 * Calls come from one thread; nothing here is seen by an engine.
 * <p>
 * Imports: {@code ledger} and {@code journal}; {@code codecs}, for entries.
 */
package io.seriatim.totals;
