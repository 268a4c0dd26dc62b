package io.seriatim.engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class LedgerDefinitionTest
{
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
}
