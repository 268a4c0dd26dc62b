/**
 * Where feeds can be sent to: a file of JSON lines, an SQLite database, a webhook, a broker's queue. What leaves
 * carries shard, sequence, ledger sequence and the previous sequence of each of its accounts, so that whoever receives
 * it sees gaps and repeats. And where instruments can be sent to: JSON, Micrometer.
 * <p>
 * Imports: {@code replay}, {@code instruments}, {@code ledger}, Jackson, the drivers of SQLite and AMQP, Micrometer and
 * Agrona.
 */
package io.seriatim.sinks;
