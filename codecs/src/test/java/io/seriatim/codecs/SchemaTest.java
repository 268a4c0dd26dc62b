package io.seriatim.codecs;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static io.seriatim.codecs.SchemaDocument.SBE_HEADER_LENGTH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SchemaTest
{
    private static final SchemaDocument SCHEMA = SchemaDocument.load();
    private static final long OUTCOME_MAX = 0xFFFF_FFFFL;

    static Stream<SchemaDocument.Message> messages()
    {
        return SCHEMA.messages().values().stream();
    }

    static Stream<SchemaDocument.Message> entries()
    {
        return messages().filter((message) -> message.name().endsWith("Entry"));
    }

    /** Every code that an outcome can have today, those around the byte borders, and the created. */
    static LongStream outcomes()
    {
        return LongStream.concat(
            LongStream.rangeClosed(0, 300), LongStream.of(65_535, 65_536, OUTCOME_MAX - 1, OUTCOME_MAX));
    }

    @ParameterizedTest
    @CsvSource({
        "FrameHeader, 1, 64",
        "GenesisEntry, 10, 56",
        "LedgerDefinitionEntry, 11, 80",
        "AccountEntry, 12, 168",
        "TransferEntry, 13, 160",
        "ExtendedTransferEntry, 14, 264",
        "ExpiryEntry, 15, 112",
        "StateRootEntry, 16, 104",
        "AccountRow, 20, 184",
        "LedgerRow, 21, 136"
    })
    void shouldHaveTheLengthThatTheFormatPromises(final String name, final int templateId, final int length)
        throws ReflectiveOperationException
    {
        final SchemaDocument.Message message = SCHEMA.messages().get(name);
        final Class<?> decoder = Class.forName("io.seriatim.codecs." + name + "Decoder");

        assertEquals(templateId, message.templateId());
        assertEquals(templateId, decoder.getField("TEMPLATE_ID").getInt(null));
        assertEquals(length, SBE_HEADER_LENGTH + message.blockLength());
        assertEquals(length, SBE_HEADER_LENGTH + decoder.getField("BLOCK_LENGTH").getInt(null));
        assertEquals(SBE_HEADER_LENGTH, MessageHeaderDecoder.ENCODED_LENGTH);
    }

    @Test
    void shouldHaveNoOtherMessages()
    {
        assertEquals(
            List.of("FrameHeader", "GenesisEntry", "LedgerDefinitionEntry", "AccountEntry", "TransferEntry",
                "ExtendedTransferEntry", "ExpiryEntry", "StateRootEntry", "AccountRow", "LedgerRow"),
            List.copyOf(SCHEMA.messages().keySet()));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldCoverEachByteOfABlockByOneField(final SchemaDocument.Message message)
    {
        final int[] covers = new int[message.blockLength()];
        message.fields().forEach((field) -> IntStream.range(field.offset(), field.offset() + field.length())
            .forEach((offset) -> covers[offset]++));

        assertTrue(covers.length > 0);
        assertArrayEquals(IntStream.generate(() -> 1).limit(covers.length).toArray(), covers, message.name());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldAlignEachFieldToItsOwnSizeAndEachBlockToEight(final SchemaDocument.Message message)
    {
        message.fields().forEach((field) -> assertEquals(0, field.offset() % field.elementLength(), field.name()));
        assertEquals(0, message.blockLength() % 8, message.name());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldHoldTheHighHalfOfANumberRightBeforeTheLow(final SchemaDocument.Message message)
    {
        final List<SchemaDocument.Field> fields = message.fields();
        for (int i = 0; i < fields.size(); i++)
        {
            final SchemaDocument.Field field = fields.get(i);
            if (field.name().endsWith("High"))
            {
                final String stem = field.name().substring(0, field.name().length() - "High".length());
                assertEquals(
                    new SchemaDocument.Field(stem + "Low", field.offset() + 8, 8, 8), fields.get(i + 1));
                assertEquals(8, field.length(), field.name());
            }
            else if (field.name().endsWith("Low"))
            {
                assertTrue(fields.get(i - 1).name().endsWith("High"), field.name());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void shouldBeginEachEntryWithItsSequence(final SchemaDocument.Message message)
    {
        assertEquals(new SchemaDocument.Field("sequence", 0, 8, 8), message.fields().get(0));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldHavePartsAfterTheBlockInTheGenesisOnly(final SchemaDocument.Message message)
    {
        assertEquals(
            "GenesisEntry".equals(message.name()) ? List.of("placement", "origin") : List.of(), message.parts());
    }

    @Test
    void shouldLayOutTheBeginningOfAnExtendedTransferLikeATransfer()
    {
        final SchemaDocument.Message ordinary = SCHEMA.messages().get("TransferEntry");
        final SchemaDocument.Message extended = SCHEMA.messages().get("ExtendedTransferEntry");

        assertEquals(152, ordinary.blockLength());
        assertEquals(ordinary.fields(), extended.fields().subList(0, ordinary.fields().size()));
        assertEquals(152, extended.fields().get(ordinary.fields().size()).offset());
    }

    @Test
    void shouldDescribeEverythingThatHasAName()
    {
        final List<String> silent = new ArrayList<>();
        for (final Element element : SCHEMA.described())
        {
            if (element.getAttribute("description").isBlank())
            {
                silent.add(element.getTagName() + ' ' + element.getAttribute("name"));
            }
        }

        assertEquals(List.of(), silent);
        assertTrue(SCHEMA.described().size() > 150, "named elements found: " + SCHEMA.described().size());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldAgreeWithTheGoldenFileOnNamesAndOffsets(final SchemaDocument.Message message)
    {
        final List<GoldenMessage.Field> golden = GoldenMessage.load(message.name()).fields();
        assertEquals("messageHeader.version", golden.get(3).name());
        for (int i = 0; i < message.fields().size(); i++)
        {
            final SchemaDocument.Field field = message.fields().get(i);
            final GoldenMessage.Field line = golden.get(4 + i);
            assertEquals(field.name(), line.name());
            assertEquals(field.offset() + SBE_HEADER_LENGTH, line.offset(), field.name());
            assertEquals(field.length(), line.bytes().length, field.name());
        }
        if (message.parts().isEmpty())
        {
            assertEquals(4 + message.fields().size(), golden.size());
        }
    }

    @Test
    void shouldHaveALengthThatDoesNotDependOnTheOutcome()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final LedgerDefinitionEntryEncoder definition = new LedgerDefinitionEntryEncoder();
        final AccountEntryEncoder account = new AccountEntryEncoder();
        final TransferEntryEncoder transfer = new TransferEntryEncoder();
        final ExtendedTransferEntryEncoder extended = new ExtendedTransferEntryEncoder();
        final Set<List<Integer>> lengths = new HashSet<>();

        outcomes().forEach((outcome) -> lengths.add(List.of(
            SBE_HEADER_LENGTH + definition.wrapAndApplyHeader(buffer, 0, header).outcome(outcome).encodedLength(),
            SBE_HEADER_LENGTH + account.wrapAndApplyHeader(buffer, 0, header).outcome(outcome).encodedLength(),
            SBE_HEADER_LENGTH + transfer.wrapAndApplyHeader(buffer, 0, header).outcome(outcome).encodedLength(),
            SBE_HEADER_LENGTH + extended.wrapAndApplyHeader(buffer, 0, header).outcome(outcome).encodedLength())));

        assertEquals(Set.of(List.of(80, 168, 160, 264)), lengths);
    }

    @Test
    void shouldGiveBackEveryOutcomeAsANumberWithoutASign()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final TransferEntryEncoder encoder = new TransferEntryEncoder();
        final TransferEntryDecoder decoder = new TransferEntryDecoder();

        outcomes().forEach((outcome) ->
        {
            encoder.wrapAndApplyHeader(buffer, 0, header).outcome(outcome);
            decoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
            assertEquals(outcome, decoder.outcome());
        });
        assertFalse(outcomes().allMatch((outcome) -> outcome < OUTCOME_MAX));
    }
}
