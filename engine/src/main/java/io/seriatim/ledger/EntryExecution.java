package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import org.agrona.DirectBuffer;

/**
 * Executes the commands that recorded entries hold, at other times or in another order: what comes out may differ from
 * what was recorded. {@link EntryReplay} is for entries that must come out the same.
 * <p>
 * Cost: that of the state machine; nothing is allocated but by definitions.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class EntryExecution
{
    private final LedgerStateMachine stateMachine;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final TransferEntryDecoder transferEntry = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extendedEntry = new ExtendedTransferEntryDecoder();
    private final LedgerDefinitionEntryDecoder definitionEntry = new LedgerDefinitionEntryDecoder();

    /**
     * Ready for a batch.
     *
     * @param stateMachine to run the commands through.
     */
    public EntryExecution(final LedgerStateMachine stateMachine)
    {
        this.stateMachine = stateMachine;
    }

    /**
     * Begin a batch of the kind that a command is of.
     *
     * @param buffer           holding the entry of the first command.
     * @param offset           of its SBE header.
     * @param batchTimestampNs slot of the last event.
     * @param count            of events.
     * @throws IllegalArgumentException if the count is out of range; nothing was changed.
     * @throws IllegalStateException if it is no command, time does not rise, something is due or a chain is open;
     * nothing was changed.
     */
    public void start(final DirectBuffer buffer, final int offset, final long batchTimestampNs, final int count)
    {
        header.wrap(buffer, offset);
        stateMachine.start(
            switch (header.templateId())
            {
                case AccountEntryDecoder.TEMPLATE_ID -> Batch.Kind.ACCOUNTS;
                case TransferEntryDecoder.TEMPLATE_ID, ExtendedTransferEntryDecoder.TEMPLATE_ID -> Batch.Kind.TRANSFERS;
                case LedgerDefinitionEntryDecoder.TEMPLATE_ID -> Batch.Kind.DEFINITIONS;
                default -> throw noCommand();
            },
            batchTimestampNs, count);
    }

    /**
     * Execute the next command of the batch.
     *
     * @param buffer holding its entry.
     * @param offset of its SBE header.
     * @throws IllegalStateException    if it is no command, not of the batch's kind, or one more than the batch has.
     * @throws IllegalArgumentException if it is a definition that breaks a rule; nothing was changed.
     */
    public void execute(final DirectBuffer buffer, final int offset)
    {
        header.wrap(buffer, offset);
        switch (header.templateId())
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                stateMachine.createAccount(accountEntry.wrapAndApplyHeader(buffer, offset, header).account());
                break;
            case TransferEntryDecoder.TEMPLATE_ID:
                stateMachine.createTransfer(transferEntry.wrapAndApplyHeader(buffer, offset, header).transfer(), 0);
                break;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                extendedEntry.wrapAndApplyHeader(buffer, offset, header);
                stateMachine.createTransfer(extendedEntry.transfer(), extendedEntry.givenTimestampNs());
                break;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                definitionEntry.wrapAndApplyHeader(buffer, offset, header);
                stateMachine.defineLedger(
                    (int)definitionEntry.ledger(), definitionEntry.scale(), buffer,
                    definitionEntry.offset() + LedgerDefinitionEntryDecoder.assetCodeEncodingOffset());
                break;
            default:
                throw noCommand();
        }
    }

    private IllegalStateException noCommand()
    {
        return new IllegalStateException(
            "this version does not know such a command: templateId=" + header.templateId());
    }
}
