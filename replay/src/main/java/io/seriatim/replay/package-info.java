/**
 * What is derived from a journal beside the engine that writes it: {@link io.seriatim.replay.AuditReplay} executes all
 * of it again and compares, {@link io.seriatim.replay.JournalEntries} reads it entry by entry,
 * {@link io.seriatim.replay.JournalFollower} walks it as it grows, the read model behind
 * {@link io.seriatim.replay.ReadModelQueries} answers the engine's queries from it, and
 * {@link io.seriatim.replay.JournalFeed} hands it to consumers in the order that they need.
 * <p>
 * Everything here only reads the journal: it takes no lock, changes nothing of it and works beside a live engine.
 * <p>
 * Imports: {@code engine}, {@code ledger}, {@code journal}, {@code codecs} and Agrona.
 */
package io.seriatim.replay;
