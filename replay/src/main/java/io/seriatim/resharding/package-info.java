/**
 * Books executed again on another number of shards: {@link io.seriatim.resharding.Resharding} writes them,
 * {@link io.seriatim.resharding.BooksComparison} compares both from their files, ledger by ledger.
 * <p>
 * Calls come from one thread; nothing here is seen by an engine.
 * <p>
 * Imports: {@code replay}, {@code engine}, {@code ledger}, {@code journal} and {@code merkle}; {@code codecs}, for
 * entries.
 */
package io.seriatim.resharding;
