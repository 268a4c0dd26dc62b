package io.seriatim.engine;

import java.nio.file.Path;

/**
 * What a snapshot says of a shard's state, where a launch comes by that does not go on from it.
 *
 * @param nextSequence that it is the state before.
 * @param digest       of the state.
 * @param file         that says so.
 */
record SnapshotWitness(long nextSequence, byte[] digest, Path file)
{
}
