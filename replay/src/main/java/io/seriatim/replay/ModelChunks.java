package io.seriatim.replay;

/**
 * How the snapshot of the read models of one journal is cut: for each shard a head, and then the rows of each of its
 * tables in their order, in chunks. Little-endian; a version that lays out any table otherwise has another
 * {@link #FORMAT}, and makes its models from the journal.
 *
 * <pre>
 *   0  shard                               int32
 *   4  table; -1 in a head                 int32
 *   8  number of rows; of tables in a head int32
 *  12  zero                                int32
 *  16  rows
 *
 *  head, from 16 on
 *  16  format                              int32
 *  20  checksum of the shard's last frame  int32
 *  24  seed of the indexes                 int64
 *  32  sequence that was applied last      int64
 *  40  number of rows of each table        int32 each
 * </pre>
 */
final class ModelChunks
{
    static final int FORMAT = 1;

    /** Type of the blocks. */
    static final int CHUNK = 1;

    /** Instead of the number of a table. */
    static final int HEAD = -1;

    static final int TABLE_OFFSET = 4;
    static final int ROW_COUNT_OFFSET = 8;
    static final int HEADER_LENGTH = 16;

    static final int FORMAT_OFFSET = 16;
    static final int CRC_OFFSET = 20;
    static final int SEED_OFFSET = 24;
    static final int SEQUENCE_OFFSET = 32;
    static final int COUNTS_OFFSET = 40;

    private ModelChunks()
    {
    }
}
