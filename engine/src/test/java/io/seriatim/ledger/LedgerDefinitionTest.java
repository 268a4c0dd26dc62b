package io.seriatim.ledger;

import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.nio.ByteOrder;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.LedgerFixture.LEDGER;
import static io.seriatim.ledger.LedgerFixture.assetCode;
import static io.seriatim.ledger.TransferDraft.transfer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ledger definitions: entries and state that change no outcome. */
class LedgerDefinitionTest
{
    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();
    private final LedgerStateMachine stateMachine = ledger.stateMachine();
    private final UnsafeBuffer row = new UnsafeBuffer(new byte[LedgerDefinitions.ROW_LENGTH]);

    @Test
    void shouldKeepTheNewestDefinitionOfEachLedgerInTheOrderOfTheFirst()
    {
        ledger.define(978, 2, "EUR");
        ledger.define(LEDGER, 2, "USD");
        ledger.define(978, 4, "EUROS-OF-16-CHAR");
        ledger.define(-1, 38, "~");

        assertEquals(3, stateMachine.definitionCount());
        assertEquals("978 4 EUROS-OF-16-CHAR", definition(0));
        assertEquals("840 2 USD", definition(1));
        assertEquals("4294967295 38 ~", definition(2));
        assertTrue(stateMachine.readDefinitionOf(LEDGER, row, 0));
        assertEquals(LEDGER, row.getInt(LedgerDefinitions.LEDGER_OFFSET, ByteOrder.LITTLE_ENDIAN));
        assertFalse(stateMachine.readDefinitionOf(203, row, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> stateMachine.readDefinition(3, row, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> stateMachine.readDefinition(-1, row, 0));
    }

    @Test
    void shouldAnswerADefinitionLikeACreatedObject()
    {
        stateMachine.startDefinitions(ledger.nowNs() + 2, 2);
        stateMachine.defineLedger(LEDGER, 2, assetCode("USD"), 0);
        stateMachine.defineLedger(978, 3, assetCode("EUR"), 0);
        ledger.entries().takeFrom(stateMachine);

        final BatchResults results = stateMachine.results();
        for (int i = 0; i < 2; i++)
        {
            assertEquals(AccountOutcome.CREATED.code(), results.outcome(i));
            assertEquals(ledger.nowNs() + 1 + i, results.timestampNs(i));
            assertEquals(1 + i, results.sequence(i));
            assertEquals(0, results.firstSequence(i));
        }
        final LedgerDefinitionEntryDecoder entry = new LedgerDefinitionEntryDecoder().wrapAndApplyHeader(
            stateMachine.window().buffer(), stateMachine.window().offset(2), new MessageHeaderDecoder());
        assertEquals(80, stateMachine.window().length(2));
        assertEquals(
            "2 0 1/2 4294967295 978 3 0 EUR 0 0",
            entry.sequence() + " " + entry.ledgerSequence() + " " + entry.batchIndex() + "/" + entry.batchCount() +
            " " + entry.outcome() + " " + entry.ledger() + " " + entry.scale() + " " + entry.placement() + " " +
            entry.assetCode() + " " + entry.reserved128High() + " " + entry.reserved128Low());
        assertEquals(ledger.nowNs() + 2, entry.timestampNs());
    }

    @Test
    void shouldNumberADefinitionOnlyIfItsLedgerHasAnAccount()
    {
        ledger.define(LEDGER, 2, "USD");
        assertEquals(0, ledger.ledgerSequenceOfLast());
        ledger.with(account(1));
        assertEquals(1, ledger.ledgerSequenceOfLast(), "the definition before has not made a row of the ledger");
        ledger.define(LEDGER, 2, "USD");
        assertEquals(2, ledger.ledgerSequenceOfLast());
        ledger.with(account(2));
        assertEquals(3, ledger.ledgerSequenceOfLast());
    }

    @Test
    void shouldRefuseWhatIsNoDefinitionBeforeAnythingChanges()
    {
        stateMachine.startDefinitions(ledger.nowNs() + 1, 1);
        final byte[] before = stateMachine.digest();
        assertRefused(0, 0, assetCode("USD"));
        assertRefused(LEDGER, -1, assetCode("USD"));
        assertRefused(LEDGER, 39, assetCode("USD"));
        assertRefused(LEDGER, 2, assetCode(""));
        assertRefused(LEDGER, 2, assetCode("\u007f"));
        assertRefused(LEDGER, 2, assetCode("US\u001f"));
        assertRefused(LEDGER, 2, assetCode("US\0D"));
        assertRefused(LEDGER, 2, assetCode("\u00e9"));
        assertArrayEquals(before, stateMachine.digest());
        assertEquals(1, stateMachine.nextSequence());

        stateMachine.defineLedger(LEDGER, 0, assetCode("USD"), 0);
        assertThrows(
            IllegalStateException.class, () -> stateMachine.defineLedger(LEDGER, 0, assetCode("USD"), 0));
        assertThrows(IllegalStateException.class, () -> stateMachine.createAccount(account(1).command()));
        ledger.entries().takeFrom(stateMachine);
    }

    @Test
    void shouldChangeNoOutcome()
    {
        ledger.define(978, 2, "EUR");
        ledger.with(account(1), account(2));
        ledger.define(LEDGER, 2, "USD");
        assertEquals(TransferOutcome.CREATED, ledger.send(transfer(1, 1, 2, 5)));
        assertEquals(AccountOutcome.EXISTS, ledger.create(account(1)));
    }

    @Test
    void shouldDigestDefinitionsAndTheirOrder()
    {
        ledger.define(LEDGER, 2, "USD");
        ledger.define(978, 2, "EUR");
        try (LedgerFixture other = new LedgerFixture())
        {
            other.define(978, 2, "EUR");
            other.define(LEDGER, 2, "USD");
            assertFalse(java.util.Arrays.equals(stateMachine.digest(), other.stateMachine().digest()));
        }
    }

    @Test
    void shouldTellAReplayedDefinitionThatWasChanged()
    {
        ledger.define(LEDGER, 2, "USD");
        final RecordedEntries entries = ledger.entries();
        final int scaleAt = entries.offset(1) + EntryWindow.BODY_OFFSET +
            LedgerDefinitionEntryDecoder.scaleEncodingOffset();
        final int placementAt = entries.offset(1) + EntryWindow.BODY_OFFSET +
            LedgerDefinitionEntryDecoder.placementEncodingOffset();
        entries.buffer().putShort(placementAt, (short)1);
        assertThrows(AssertionError.class, ledger::replayed, "placement is written as 0");
        entries.buffer().putShort(placementAt, (short)0);
        entries.buffer().putShort(scaleAt, (short)39);
        assertThrows(IllegalStateException.class, ledger::replayed);
        entries.buffer().putShort(scaleAt, (short)2);
    }

    private void assertRefused(final int ledgerNumber, final int scale, final UnsafeBuffer assetCode)
    {
        assertThrows(
            IllegalArgumentException.class, () -> stateMachine.defineLedger(ledgerNumber, scale, assetCode, 0));
    }

    private String definition(final int index)
    {
        stateMachine.readDefinition(index, row, 0);
        return Integer.toUnsignedString(row.getInt(LedgerDefinitions.LEDGER_OFFSET)) + " " +
            row.getShort(LedgerDefinitions.SCALE_OFFSET) + " " +
            row.getStringWithoutLengthAscii(
                LedgerDefinitions.ASSET_CODE_OFFSET, LedgerDefinitions.ASSET_CODE_LENGTH).replace("\0", "");
    }
}
