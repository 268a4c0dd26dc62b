/**
 * Checks what a log has handed out: receipts, checkpoints, proofs of consistency. It is meant to be read in one sitting
 * by somebody who trusts nobody, from {@link io.seriatim.verifier.VerifierMain} on.
 * <p>
 * It shares no code with what makes proofs.
 * <p>
 * Imports: {@code java.*} only.
 */
package io.seriatim.verifier;
