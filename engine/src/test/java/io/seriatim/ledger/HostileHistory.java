package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A state machine that is fed hostile requests one after the other, with the entries that it wrote.
 */
final class HostileHistory implements AutoCloseable
{
    static final int BATCH_COUNT_MAX = 32;
    static final int WINDOW_CAPACITY = 64;

    private final RecordedEntries entries = new RecordedEntries();
    private final ReferenceLedger reference;
    private final HostileWorkload workload;
    private final LedgerStateMachine stateMachine;
    private final StateRoots stateRoots;
    private final UnsafeBuffer event = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final ExpandableArrayBuffer row = new ExpandableArrayBuffer();

    HostileHistory(final long seed)
    {
        this(seed, 0, null);
    }

    /** With state roots, which are made at once. */
    HostileHistory(final long seed, final long stateRootEvery, final StateRootKey stateRootKey)
    {
        reference = new ReferenceLedger(stateRootEvery);
        workload = new HostileWorkload(
            seed, reference, BATCH_COUNT_MAX, new HostileWorkload.Features(true, true, 3, 0, 4));
        stateMachine = new LedgerStateMachine(BATCH_COUNT_MAX, WINDOW_CAPACITY, seed, entries);
        stateRoots = new StateRoots(stateRootEvery, stateMachine, StateRootBuilder.maker(stateRootKey), null);
    }

    ReferenceLedger reference()
    {
        return reference;
    }

    LedgerStateMachine stateMachine()
    {
        return stateMachine;
    }

    RecordedEntries entries()
    {
        return entries;
    }

    /** Feed the next request. */
    void step()
    {
        final HostileRequest request = workload.next();
        final HostileRequest.Applied applied = request.applyTo(reference);
        applied.releases().forEach(expiry ->
        {
            stateMachine.expireNext(expiry.timestamp());
            writeStateRoot();
            entries.takeFrom(stateMachine);
        });
        switch (request.kind())
        {
            case ACCOUNTS -> createAccounts(request);
            case TRANSFERS -> createTransfers(request);
            case DEFINITIONS -> define(request);
            default ->
            {
                // Time passes.
            }
        }
        entries.takeFrom(stateMachine);
    }

    private void createAccounts(final HostileRequest request)
    {
        if (request.count() > 0)
        {
            stateMachine.startAccounts(request.batchTimestamp(), request.count());
            request.accounts().forEach(account ->
            {
                Events.encode(account, accountEncoder.wrap(event, 0));
                stateMachine.createAccount(accountDecoder.wrap(event, 0));
                writeStateRoot();
            });
        }
    }

    private void writeStateRoot()
    {
        if (stateRoots.isDue())
        {
            stateRoots.write(null);
        }
    }

    private void createTransfers(final HostileRequest request)
    {
        if (request.count() > 0)
        {
            stateMachine.startTransfers(request.batchTimestamp(), request.count());
            request.transfers().forEach(transfer ->
            {
                Events.encode(transfer, transferEncoder.wrap(event, 0));
                stateMachine.createTransfer(transferDecoder.wrap(event, 0), transfer.timestamp());
                writeStateRoot();
            });
        }
    }

    private void define(final HostileRequest request)
    {
        if (request.count() > 0)
        {
            stateMachine.startDefinitions(request.batchTimestamp(), request.count());
            request.definitions().forEach(definition ->
            {
                row.setMemory(0, LedgerDefinitions.ASSET_CODE_LENGTH, (byte)0);
                row.putStringWithoutLengthAscii(0, definition.assetCode());
                stateMachine.defineLedger(definition.ledger(), definition.scale(), row, 0);
                writeStateRoot();
            });
        }
    }

    @Override
    public void close()
    {
        stateMachine.close();
    }
}
