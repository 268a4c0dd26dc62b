/**
 * The engine: rings, shards, threads and the public API. {@link io.seriatim.engine.LedgerEngine} is where to start;
 * {@link io.seriatim.engine.Ledger} is the convenient face, {@link io.seriatim.engine.LedgerSession} the fast one.
 * <p>
 * A busy package: threads meet here, in the request ring (Disruptor), in the journal's commit position and in each
 * session's reply ring, and nowhere else.
 * <p>
 * Imports: {@code ledger}, {@code journal}, {@code codecs}, Disruptor and Agrona.
 */
package io.seriatim.engine;
