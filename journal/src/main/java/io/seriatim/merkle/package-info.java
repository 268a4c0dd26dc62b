/**
 * Hashes and proofs: the tree of RFC 6962 over the entries of a shard, and what is shown of it to an outsider. Signed
 * notes, checkpoints, receipts and witness requests are in the formats of C2SP, so that others can check them without
 * this code. It reads no file and knows nothing of journals.
 * <p>
 * Imports: {@code java.*} only.
 */
package io.seriatim.merkle;
