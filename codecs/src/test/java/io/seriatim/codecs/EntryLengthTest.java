package io.seriatim.codecs;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class EntryLengthTest
{
    private static final int SBE_HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH;

    @Test
    void shouldHoldATransferIn160Bytes()
    {
        assertEquals(160, SBE_HEADER_LENGTH + TransferEntryDecoder.BLOCK_LENGTH);
    }
}
