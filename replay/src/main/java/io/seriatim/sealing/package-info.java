/**
 * Makes the order of a log provable: {@link io.seriatim.sealing.Sealer} follows the committed entries beside the
 * engine, keeps the Merkle tree of each shard in files and signs checkpoints over it;
 * {@link io.seriatim.sealing.Prover} makes receipts and proofs from those files and the journal.
 * <p>
 * It never delays a commit and changes nothing of a journal; what it writes can be made again from the journal, but for
 * the signatures.
 * <p>
 * Imports: {@code replay}, {@code engine}, {@code journal}, {@code merkle}, {@code codecs} and Agrona (buffers and
 * agents).
 */
package io.seriatim.sealing;
