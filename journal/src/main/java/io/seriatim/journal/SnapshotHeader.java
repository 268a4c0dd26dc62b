package io.seriatim.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What a snapshot file is of: its first bytes.
 *
 * @param kind         of content.
 * @param logUuid      of the log.
 * @param shard        whose state it is; the number of the journal if it is of all its shards.
 * @param from         position that it begins behind; 0 if it stands alone.
 * @param position     end of a group that it goes up to, in bytes from the start of the journal.
 * @param nextSequence sequence of the shard's first entry behind that position.
 * @param previousCrc  checksum of the shard's last frame before that position; 0 if it has none.
 */
public record SnapshotHeader(
    Kind kind, UUID logUuid, int shard, long from, long position, long nextSequence, int previousCrc)
{
    /** What a snapshot file holds. */
    public enum Kind
    {
        /** The state of a shard, without the index of its ids. */
        STATE(1),

        /** A run of the index of a shard's ids. */
        INDEX_RUN(2),

        /** A read model. */
        READ_MODEL(3);

        private final int code;

        Kind(final int code)
        {
            this.code = code;
        }

        static Kind of(final int code)
        {
            for (final Kind kind : values())
            {
                if (kind.code == code)
                {
                    return kind;
                }
            }
            throw new JournalException("this version does not know such a kind of snapshot: kind=" + code);
        }
    }

    /** The ASCII characters "SERISNAP", as they lie in the file. */
    static final long MAGIC = 0x50414E5349524553L;

    /** Version of the format. */
    static final int FORMAT_VERSION = 1;

    /**
     * Length in bytes; little-endian.
     *
     * <pre>
     *   0  magic         int64
     *   8  format        int32
     *  12  kind          int32
     *  16  log uuid      high, then low
     *  32  shard         int32, then 4 zero bytes
     *  40  from          int64
     *  48  position      int64
     *  56  next sequence int64
     *  64  previous CRC  int32
     *  68  CRC-32C of the bytes before
     * </pre>
     */
    static final int LENGTH = 72;

    static final int CRC_OFFSET = 68;

    void encode(final ByteBuffer bytes)
    {
        bytes.putLong(MAGIC).putInt(FORMAT_VERSION).putInt(kind.code)
            .putLong(logUuid.getMostSignificantBits()).putLong(logUuid.getLeastSignificantBits())
            .putInt(shard).putInt(0)
            .putLong(from).putLong(position).putLong(nextSequence).putInt(previousCrc);
    }

    /** Whether this version reads such a file: of another one it does not know where the checksum lies. */
    static void requireKnown(final ByteBuffer bytes, final Path file)
    {
        final long magic = bytes.getLong(0);
        final int format = bytes.getInt(Long.BYTES);
        if (magic != MAGIC)
        {
            throw new JournalException(
                "not a snapshot file: it begins with 0x" + Long.toHexString(magic) + ", file=" + file);
        }
        if (format != FORMAT_VERSION)
        {
            throw new JournalException(
                "this version reads snapshots of format " + FORMAT_VERSION + "; found format " + format + ", file=" +
                file);
        }
    }

    /** Decode a header that is known and whose CRC was checked. */
    static SnapshotHeader decode(final ByteBuffer bytes)
    {
        bytes.position(Long.BYTES + Integer.BYTES);
        final Kind kind = Kind.of(bytes.getInt());
        final UUID logUuid = new UUID(bytes.getLong(), bytes.getLong());
        final int shard = bytes.getInt();
        bytes.getInt();
        return new SnapshotHeader(
            kind, logUuid, shard, bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getInt());
    }
}
