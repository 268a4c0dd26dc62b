package io.seriatim.bench;

import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.replay.FeedEntry;

/** The id of the transfer that an entry tells of. */
final class TransferIds
{
    private static final int RECORD_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.transferEncodingOffset();

    private TransferIds()
    {
    }

    static long high(final FeedEntry entry)
    {
        return entry.buffer().getLong(RECORD_OFFSET + TransferRecordDecoder.idHighEncodingOffset());
    }

    static long low(final FeedEntry entry)
    {
        return entry.buffer().getLong(RECORD_OFFSET + TransferRecordDecoder.idLowEncodingOffset());
    }
}
