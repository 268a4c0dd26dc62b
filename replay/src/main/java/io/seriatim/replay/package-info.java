/**
 * What is derived from a journal beside the engine that writes it: {@link io.seriatim.replay.AuditReplay} executes all
 * of it again and compares, {@link io.seriatim.replay.JournalEntries} reads it entry by entry,
 * {@link io.seriatim.replay.JournalFollower} walks it as it grows, and the read model behind
 * {@link io.seriatim.replay.ReadModelQueries} answers the engine's queries from it.
 * <p>
 * Everything here only reads: it takes no lock, writes nothing and works beside a live engine.
 * <p>
 * Imports: {@code engine}, {@code ledger}, {@code journal}, {@code codecs} and Agrona.
 */
package io.seriatim.replay;
