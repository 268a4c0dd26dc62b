package io.seriatim.codecs;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The golden files guard the format, and this guards the golden files: a change of one needs a change of the other by
 * hand, so that a commit that changes the format shows it in two places.
 */
class GoldenMessageTest
{
    private static final String TEXT = "# head\n   0  01 02  first\n   2  03     second\n";

    @ParameterizedTest
    @CsvSource({
        "FrameHeader, e6cbc388e27d214311d65d04390f68ca244585a574bd4358d6e6313fa74f8a75",
        "GenesisEntry, dcad51fddab6d11621e96b7ad6c5589466ecb01d8dd739e2b346058d551b9482",
        "LedgerDefinitionEntry, 498084d4f328c25373aad6811f922e74050e328e4b010020dcdc64e1a2895318",
        "AccountEntry, e95cfdfa7fb97b1faa4e8b76535ea2a7681df0e6634efe2fabc64755d51b82e4",
        "TransferEntry, 524c00407688a07b220072142b236e17b2c7e6ef2283ffc063ab12e5d20ba088",
        "TransferEntry-example, ba57b256a4f11274bb62a01df8316f1a66fc4102b7935d9ecf1425da6d70abbc",
        "ExtendedTransferEntry, b190542fca2b8d3ca5a460fdb91da026f747d4a94ff372506d8dddfe729a46e0",
        "ExpiryEntry, efb094e622354c6769648294a5ef03c63ac59f88f275a927085754aeb09e2fb0",
        "StateRootEntry, 16a1e7878fcaaeb9e040c9ebab9d05d0da2742689a75402b9ab9c8b0bee32606",
        "AccountRow, 199d3e04bc5b31ab6eaf36b2c6427b4ec4abc7a8e8a0b8845dce63cba9102f37",
        "LedgerRow, ebd6e8695dc50e3334a37aa43c40aa6a480021db3c82b9c4dc0158c301da8b00"
    })
    void shouldNotChangeUnseen(final String name, final String sha256)
    {
        assertEquals(sha256, GoldenMessage.sha256(name), "the golden file of " + name + " was changed");
    }

    @Test
    void shouldNameTheFieldThatDiffers()
    {
        final GoldenMessage golden = GoldenMessage.parse("Planted", TEXT);
        golden.check(new byte[]{1, 2, 3});

        final AssertionError error = assertThrows(AssertionError.class, () -> golden.check(new byte[]{1, 2, 4}));
        assertTrue(error.getMessage().contains("second at offset 2: golden=03, encoded=04"), error.getMessage());
    }

    @Test
    void shouldSeeAMissingAndAnExtraByte()
    {
        final GoldenMessage golden = GoldenMessage.parse("Planted", TEXT);

        assertThrows(AssertionError.class, () -> golden.check(new byte[]{1, 2}));
        assertThrows(AssertionError.class, () -> golden.check(new byte[]{}));
        assertThrows(AssertionError.class, () -> golden.check(new byte[]{1, 2, 3, 0}));
    }

    @Test
    void shouldNotRecordWhatIsMissing()
    {
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.load("NoSuchEntry"));
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.load("NoSuchEntry"));
    }

    @Test
    void shouldRefuseAFileThatIsEmptyHasAGapOrCanNotBeRead()
    {
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.parse("Planted", "# head\n"));
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.parse("Planted", "   1  01  first\n"));
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.parse("Planted", "   0  1  first\n"));
        assertThrows(IllegalArgumentException.class, () -> GoldenMessage.parse("Planted", TEXT + TEXT));
    }
}
