/**
 * Benchmarks: what a claim of speed is measured with. As the one package that sees all others it also holds the tests
 * of the house: who may import whom, and whether the documents say what the code does.
 * <p>
 * Imports: every package of Seriatim, JMH and HdrHistogram; Aeron and the Disruptor, for the bare archive and the bare
 * ring that an engine is measured beside; Chronicle Queue, which is one of the peers; the command line's libraries as
 * {@code tools} does.
 */
package io.seriatim.bench;
