/**
 * The journal: frames on their way to the disk and back. It knows bytes, positions, sequences and checksums, and
 * nothing of accounts.
 * <p>
 * Imports: {@code codecs}, {@code merkle}, Aeron and Agrona.
 */
package io.seriatim.journal;
