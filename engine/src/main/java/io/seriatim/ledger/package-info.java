/**
 * The rules of the ledger: accounts, transfers, outcomes, and the state that decisions need. A quiet package: it does
 * no I/O, starts no thread and reads no clock, so that a replay of the same commands ends in the same state.
 * {@link io.seriatim.ledger.LedgerStateMachine} is where to start reading.
 * <p>
 * Imports: {@code codecs} and Agrona's buffers and memory.
 */
package io.seriatim.ledger;
