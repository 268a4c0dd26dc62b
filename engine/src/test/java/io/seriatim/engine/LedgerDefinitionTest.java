package io.seriatim.engine;

import io.seriatim.ledger.LedgerDefinitions;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class LedgerDefinitionTest
{
    private final UnsafeBuffer row = new UnsafeBuffer(new byte[LedgerDefinitions.ROW_LENGTH]);

    @Test
    void shouldTakeEachBoundAndRefuseOnePastIt()
    {
        assertEquals(0, new LedgerDefinition(1, "X", 0).scale());
        assertEquals(38, new LedgerDefinition(-1, "SIXTEEN-LETTERS!", 38).scale());
        assertThrows(IllegalArgumentException.class, () -> new LedgerDefinition(0, "USD", 2));
        assertThrows(IllegalArgumentException.class, () -> new LedgerDefinition(1, "USD", -1));
        assertThrows(IllegalArgumentException.class, () -> new LedgerDefinition(1, "USD", 39));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SEVENTEEN-LETTERS", "US D", "\u20ac", "\n"})
    void shouldRefuseAnAssetCodeThatIsNot(final String assetCode)
    {
        assertThrows(IllegalArgumentException.class, () -> new LedgerDefinition(1, assetCode, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X", "USD", "SIXTEEN-LETTERS!"})
    void shouldReadBackWhatWasWritten(final String assetCode)
    {
        final LedgerDefinition definition = new LedgerDefinition(-1, assetCode, 38);
        definition.encode(row, 0);
        assertEquals(definition, LedgerDefinition.decode(row, 0));
    }

    @Test
    void shouldRefuseARowWithoutAnAssetCode()
    {
        new LedgerDefinition(840, "X", 2).encode(row, 0);
        row.putByte(LedgerDefinitions.ASSET_CODE_OFFSET, (byte)0);
        assertEquals(
            "an asset code has 1 to 16 printable ASCII characters and no blanks: '', ledger=840",
            assertThrows(IllegalArgumentException.class, () -> LedgerDefinition.decode(row, 0)).getMessage());
    }
}
