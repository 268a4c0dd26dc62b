package io.seriatim.ledger;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What it executes is held by the tests of resharding and of other orders; here is what it refuses. */
class EntryExecutionTest
{
    @RegisterExtension
    private final LedgerFixture ledger = new LedgerFixture();

    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);

    @ParameterizedTest
    @ValueSource(ints = {
        GenesisEntryDecoder.TEMPLATE_ID, ExpiryEntryDecoder.TEMPLATE_ID, StateRootEntryDecoder.TEMPLATE_ID, 0xFFFE})
    void shouldRefuseEntriesThatHoldNoCommand(final int templateId)
    {
        final LedgerStateMachine stateMachine = ledger.stateMachine();
        final EntryExecution execution = new EntryExecution(stateMachine);
        final long nextSequence = stateMachine.nextSequence();
        new MessageHeaderEncoder().wrap(entry, 0).templateId(templateId);
        assertRefused(templateId, assertThrows(
            IllegalStateException.class, () -> execution.start(entry, 0, LedgerFixture.SECOND_NS, 1)));
        stateMachine.startTransfers(LedgerFixture.SECOND_NS, 1);
        assertRefused(templateId, assertThrows(IllegalStateException.class, () -> execution.execute(entry, 0)));
        assertEquals(nextSequence, stateMachine.nextSequence());
    }

    private static void assertRefused(final int templateId, final IllegalStateException refused)
    {
        assertEquals("this version does not know such a command: templateId=" + templateId, refused.getMessage());
    }
}
