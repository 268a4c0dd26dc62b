/**
 * Where feeds can be sent to: a file of JSON lines, a webhook. What leaves carries shard, sequence, ledger sequence and
 * the previous sequence of each of its accounts, so that whoever receives it sees gaps and repeats.
 * <p>
 * Imports: {@code replay}, {@code ledger}, Jackson and Agrona.
 */
package io.seriatim.sinks;
