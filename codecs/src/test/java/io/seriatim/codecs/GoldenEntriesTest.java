package io.seriatim.codecs;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The format, held to its golden files byte by byte. In those files each byte below the SBE header is its own offset
 * in the message (modulo 256), so {@code u64(16)} is the value of a field of eight bytes that begins at offset 16,
 * little-endian; a field that moves, shrinks or turns its bytes round can not go unseen.
 */
class GoldenEntriesTest
{
    private static final int LENGTH_MAX = 512;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[LENGTH_MAX]);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();

    @Test
    void shouldEncodeFrameHeader()
    {
        dirty();
        final FrameHeaderEncoder encoder = new FrameHeaderEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .magic(u32(8))
            .formatVersion(u16(12))
            .shard(u16(14))
            .firstSequence(u64(16))
            .committedSequence(u64(24))
            .incarnation(u64(32))
            .entryCount(u32(40))
            .length(u32(44))
            .previousCrc(u32(48))
            .crc(u32(52))
            .flags(u16(56))
            .reserved16(u16(58))
            .logTag(u32(60));

        GoldenMessage.load("FrameHeader").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeFrameHeader()
    {
        final FrameHeaderDecoder decoder = new FrameHeaderDecoder();
        decoder.wrapAndApplyHeader(golden("FrameHeader"), 0, headerDecoder);

        assertEquals(FrameHeaderDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(1, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u32(8), decoder.magic());
        assertEquals(u16(12), decoder.formatVersion());
        assertEquals(u16(14), decoder.shard());
        assertEquals(u64(16), decoder.firstSequence());
        assertEquals(u64(24), decoder.committedSequence());
        assertEquals(u64(32), decoder.incarnation());
        assertEquals(u32(40), decoder.entryCount());
        assertEquals(u32(44), decoder.length());
        assertEquals(u32(48), decoder.previousCrc());
        assertEquals(u32(52), decoder.crc());
        assertEquals(u16(56), decoder.flags());
        assertEquals(u16(58), decoder.reserved16());
        assertEquals(u32(60), decoder.logTag());
    }

    @Test
    void shouldEncodeGenesisEntry()
    {
        dirty();
        final GenesisEntryEncoder encoder = new GenesisEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .logUuidHigh(u64(16))
            .logUuidLow(u64(24))
            .formatVersion(u16(32))
            .shard(u16(34))
            .shardCount(u16(36))
            .reserved(u16(38))
            .batchCountMax(u32(40))
            .reserved32(u32(44))
            .stateRootEvery(u64(48));
        encoder.placementCount(2)
            .next().ledger(u32(60)).shard(u16(64))
            .next().ledger(u32(66)).shard(u16(70));
        encoder.origin("ledger.example/books-1");

        GoldenMessage.load("GenesisEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeGenesisEntry()
    {
        final GenesisEntryDecoder decoder = new GenesisEntryDecoder();
        decoder.wrapAndApplyHeader(golden("GenesisEntry"), 0, headerDecoder);

        assertEquals(GenesisEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(10, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.logUuidHigh());
        assertEquals(u64(24), decoder.logUuidLow());
        assertEquals(u16(32), decoder.formatVersion());
        assertEquals(u16(34), decoder.shard());
        assertEquals(u16(36), decoder.shardCount());
        assertEquals(u16(38), decoder.reserved());
        assertEquals(u32(40), decoder.batchCountMax());
        assertEquals(u32(44), decoder.reserved32());
        assertEquals(u64(48), decoder.stateRootEvery());
        final GenesisEntryDecoder.PlacementDecoder placement = decoder.placement();
        assertEquals(2, placement.count());
        placement.next();
        assertEquals(u32(60), placement.ledger());
        assertEquals(u16(64), placement.shard());
        placement.next();
        assertEquals(u32(66), placement.ledger());
        assertEquals(u16(70), placement.shard());
        assertFalse(placement.hasNext());
        assertEquals("ledger.example/books-1", decoder.origin());
        assertEquals(96, MessageHeaderDecoder.ENCODED_LENGTH + decoder.encodedLength());
    }

    @Test
    void shouldEncodeLedgerDefinitionEntry()
    {
        dirty();
        final LedgerDefinitionEntryEncoder encoder = new LedgerDefinitionEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .ledgerSequence(u64(16))
            .timestampNs(u64(24))
            .batchIndex(u16(32))
            .batchCount(u16(34))
            .outcome(u32(36))
            .ledger(u32(40))
            .scale(u16(44))
            .placement(u16(46))
            .assetCode("0123456789:;<=>?")
            .reserved128High(u64(64))
            .reserved128Low(u64(72));

        GoldenMessage.load("LedgerDefinitionEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeLedgerDefinitionEntry()
    {
        final LedgerDefinitionEntryDecoder decoder = new LedgerDefinitionEntryDecoder();
        decoder.wrapAndApplyHeader(golden("LedgerDefinitionEntry"), 0, headerDecoder);

        assertEquals(LedgerDefinitionEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(11, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.timestampNs());
        assertEquals(u16(32), decoder.batchIndex());
        assertEquals(u16(34), decoder.batchCount());
        assertEquals(u32(36), decoder.outcome());
        assertEquals(u32(40), decoder.ledger());
        assertEquals(u16(44), decoder.scale());
        assertEquals(u16(46), decoder.placement());
        assertEquals("0123456789:;<=>?", decoder.assetCode());
        assertEquals(u64(64), decoder.reserved128High());
        assertEquals(u64(72), decoder.reserved128Low());
    }

    @Test
    void shouldEncodeAccountEntry()
    {
        dirty();
        final AccountEntryEncoder encoder = new AccountEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .ledgerSequence(u64(16))
            .timestampNs(u64(24))
            .batchIndex(u16(32))
            .batchCount(u16(34))
            .outcome(u32(36));
        encoder.account()
            .idHigh(u64(40))
            .idLow(u64(48))
            .debitsPendingHigh(u64(56))
            .debitsPendingLow(u64(64))
            .debitsPostedHigh(u64(72))
            .debitsPostedLow(u64(80))
            .creditsPendingHigh(u64(88))
            .creditsPendingLow(u64(96))
            .creditsPostedHigh(u64(104))
            .creditsPostedLow(u64(112))
            .userData128High(u64(120))
            .userData128Low(u64(128))
            .userData64(u64(136))
            .userData32(u32(144))
            .reserved(u32(148))
            .ledger(u32(152))
            .code(u16(156))
            .flags(u16(158))
            .timestampNs(u64(160));

        GoldenMessage.load("AccountEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeAccountEntry()
    {
        final AccountEntryDecoder decoder = new AccountEntryDecoder();
        decoder.wrapAndApplyHeader(golden("AccountEntry"), 0, headerDecoder);

        assertEquals(AccountEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(12, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.timestampNs());
        assertEquals(u16(32), decoder.batchIndex());
        assertEquals(u16(34), decoder.batchCount());
        assertEquals(u32(36), decoder.outcome());
        final AccountRecordDecoder account = decoder.account();
        assertEquals(u64(40), account.idHigh());
        assertEquals(u64(48), account.idLow());
        assertEquals(u64(56), account.debitsPendingHigh());
        assertEquals(u64(64), account.debitsPendingLow());
        assertEquals(u64(72), account.debitsPostedHigh());
        assertEquals(u64(80), account.debitsPostedLow());
        assertEquals(u64(88), account.creditsPendingHigh());
        assertEquals(u64(96), account.creditsPendingLow());
        assertEquals(u64(104), account.creditsPostedHigh());
        assertEquals(u64(112), account.creditsPostedLow());
        assertEquals(u64(120), account.userData128High());
        assertEquals(u64(128), account.userData128Low());
        assertEquals(u64(136), account.userData64());
        assertEquals(u32(144), account.userData32());
        assertEquals(u32(148), account.reserved());
        assertEquals(u32(152), account.ledger());
        assertEquals(u16(156), account.code());
        assertEquals(u16(158), account.flags());
        assertEquals(u64(160), account.timestampNs());
    }

    @Test
    void shouldEncodeTransferEntry()
    {
        dirty();
        final TransferEntryEncoder encoder = new TransferEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .ledgerSequence(u64(16))
            .timestampNs(u64(24))
            .batchIndex(u16(32))
            .batchCount(u16(34))
            .outcome(u32(36));
        encoder.transfer()
            .idHigh(u64(40))
            .idLow(u64(48))
            .debitAccountIdHigh(u64(56))
            .debitAccountIdLow(u64(64))
            .creditAccountIdHigh(u64(72))
            .creditAccountIdLow(u64(80))
            .amountHigh(u64(88))
            .amountLow(u64(96))
            .pendingIdHigh(u64(104))
            .pendingIdLow(u64(112))
            .userData128High(u64(120))
            .userData128Low(u64(128))
            .userData64(u64(136))
            .userData32(u32(144))
            .timeout(u32(148))
            .ledger(u32(152))
            .code(u16(156))
            .flags(u16(158));

        GoldenMessage.load("TransferEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeTransferEntry()
    {
        final TransferEntryDecoder decoder = new TransferEntryDecoder();
        decoder.wrapAndApplyHeader(golden("TransferEntry"), 0, headerDecoder);

        assertEquals(TransferEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(13, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.timestampNs());
        assertEquals(u16(32), decoder.batchIndex());
        assertEquals(u16(34), decoder.batchCount());
        assertEquals(u32(36), decoder.outcome());
        final TransferRecordDecoder transfer = decoder.transfer();
        assertEquals(u64(40), transfer.idHigh());
        assertEquals(u64(48), transfer.idLow());
        assertEquals(u64(56), transfer.debitAccountIdHigh());
        assertEquals(u64(64), transfer.debitAccountIdLow());
        assertEquals(u64(72), transfer.creditAccountIdHigh());
        assertEquals(u64(80), transfer.creditAccountIdLow());
        assertEquals(u64(88), transfer.amountHigh());
        assertEquals(u64(96), transfer.amountLow());
        assertEquals(u64(104), transfer.pendingIdHigh());
        assertEquals(u64(112), transfer.pendingIdLow());
        assertEquals(u64(120), transfer.userData128High());
        assertEquals(u64(128), transfer.userData128Low());
        assertEquals(u64(136), transfer.userData64());
        assertEquals(u32(144), transfer.userData32());
        assertEquals(u32(148), transfer.timeout());
        assertEquals(u32(152), transfer.ledger());
        assertEquals(u16(156), transfer.code());
        assertEquals(u16(158), transfer.flags());
    }

    @Test
    void shouldEncodeExtendedTransferEntry()
    {
        dirty();
        final ExtendedTransferEntryEncoder encoder = new ExtendedTransferEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .ledgerSequence(u64(16))
            .timestampNs(u64(24))
            .batchIndex(u16(32))
            .batchCount(u16(34))
            .outcome(u32(36))
            .givenTimestampNs(u64(160))
            .amountMovedHigh(u64(168))
            .amountMovedLow(u64(176))
            .pendingSequence(u64(184))
            .resolvedDebitAccountIdHigh(u64(192))
            .resolvedDebitAccountIdLow(u64(200))
            .resolvedCreditAccountIdHigh(u64(208))
            .resolvedCreditAccountIdLow(u64(216))
            .resolvedUserData128High(u64(224))
            .resolvedUserData128Low(u64(232))
            .resolvedUserData64(u64(240))
            .resolvedUserData32(u32(248))
            .resolvedLedger(u32(252))
            .resolvedCode(u16(256))
            .reopened(u16(258))
            .reserved32(u32(260));
        encoder.transfer()
            .idHigh(u64(40))
            .idLow(u64(48))
            .debitAccountIdHigh(u64(56))
            .debitAccountIdLow(u64(64))
            .creditAccountIdHigh(u64(72))
            .creditAccountIdLow(u64(80))
            .amountHigh(u64(88))
            .amountLow(u64(96))
            .pendingIdHigh(u64(104))
            .pendingIdLow(u64(112))
            .userData128High(u64(120))
            .userData128Low(u64(128))
            .userData64(u64(136))
            .userData32(u32(144))
            .timeout(u32(148))
            .ledger(u32(152))
            .code(u16(156))
            .flags(u16(158));

        GoldenMessage.load("ExtendedTransferEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeExtendedTransferEntry()
    {
        final ExtendedTransferEntryDecoder decoder = new ExtendedTransferEntryDecoder();
        decoder.wrapAndApplyHeader(golden("ExtendedTransferEntry"), 0, headerDecoder);

        assertEquals(ExtendedTransferEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(14, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.timestampNs());
        assertEquals(u16(32), decoder.batchIndex());
        assertEquals(u16(34), decoder.batchCount());
        assertEquals(u32(36), decoder.outcome());
        assertEquals(u64(160), decoder.givenTimestampNs());
        assertEquals(u64(168), decoder.amountMovedHigh());
        assertEquals(u64(176), decoder.amountMovedLow());
        assertEquals(u64(184), decoder.pendingSequence());
        assertEquals(u64(192), decoder.resolvedDebitAccountIdHigh());
        assertEquals(u64(200), decoder.resolvedDebitAccountIdLow());
        assertEquals(u64(208), decoder.resolvedCreditAccountIdHigh());
        assertEquals(u64(216), decoder.resolvedCreditAccountIdLow());
        assertEquals(u64(224), decoder.resolvedUserData128High());
        assertEquals(u64(232), decoder.resolvedUserData128Low());
        assertEquals(u64(240), decoder.resolvedUserData64());
        assertEquals(u32(248), decoder.resolvedUserData32());
        assertEquals(u32(252), decoder.resolvedLedger());
        assertEquals(u16(256), decoder.resolvedCode());
        assertEquals(u16(258), decoder.reopened());
        assertEquals(u32(260), decoder.reserved32());
        final TransferRecordDecoder transfer = decoder.transfer();
        assertEquals(u64(40), transfer.idHigh());
        assertEquals(u64(48), transfer.idLow());
        assertEquals(u64(56), transfer.debitAccountIdHigh());
        assertEquals(u64(64), transfer.debitAccountIdLow());
        assertEquals(u64(72), transfer.creditAccountIdHigh());
        assertEquals(u64(80), transfer.creditAccountIdLow());
        assertEquals(u64(88), transfer.amountHigh());
        assertEquals(u64(96), transfer.amountLow());
        assertEquals(u64(104), transfer.pendingIdHigh());
        assertEquals(u64(112), transfer.pendingIdLow());
        assertEquals(u64(120), transfer.userData128High());
        assertEquals(u64(128), transfer.userData128Low());
        assertEquals(u64(136), transfer.userData64());
        assertEquals(u32(144), transfer.userData32());
        assertEquals(u32(148), transfer.timeout());
        assertEquals(u32(152), transfer.ledger());
        assertEquals(u16(156), transfer.code());
        assertEquals(u16(158), transfer.flags());
    }

    @Test
    void shouldEncodeExpiryEntry()
    {
        dirty();
        final ExpiryEntryEncoder encoder = new ExpiryEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .ledgerSequence(u64(16))
            .timestampNs(u64(24))
            .pendingIdHigh(u64(32))
            .pendingIdLow(u64(40))
            .pendingSequence(u64(48))
            .debitAccountIdHigh(u64(56))
            .debitAccountIdLow(u64(64))
            .creditAccountIdHigh(u64(72))
            .creditAccountIdLow(u64(80))
            .amountHigh(u64(88))
            .amountLow(u64(96))
            .ledger(u32(104))
            .code(u16(108))
            .reopened(u16(110));

        GoldenMessage.load("ExpiryEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeExpiryEntry()
    {
        final ExpiryEntryDecoder decoder = new ExpiryEntryDecoder();
        decoder.wrapAndApplyHeader(golden("ExpiryEntry"), 0, headerDecoder);

        assertEquals(ExpiryEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(15, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.timestampNs());
        assertEquals(u64(32), decoder.pendingIdHigh());
        assertEquals(u64(40), decoder.pendingIdLow());
        assertEquals(u64(48), decoder.pendingSequence());
        assertEquals(u64(56), decoder.debitAccountIdHigh());
        assertEquals(u64(64), decoder.debitAccountIdLow());
        assertEquals(u64(72), decoder.creditAccountIdHigh());
        assertEquals(u64(80), decoder.creditAccountIdLow());
        assertEquals(u64(88), decoder.amountHigh());
        assertEquals(u64(96), decoder.amountLow());
        assertEquals(u32(104), decoder.ledger());
        assertEquals(u16(108), decoder.code());
        assertEquals(u16(110), decoder.reopened());
    }

    @Test
    void shouldEncodeStateRootEntry()
    {
        dirty();
        final StateRootEntryEncoder encoder = new StateRootEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(u64(8))
            .asOfSequence(u64(16))
            .accountCount(u64(24))
            .ledgerCount(u64(32));
        encoder.putAccountsRoot(bytes(40, 32), 0, 32);
        encoder.putLedgersRoot(bytes(72, 32), 0, 32);

        GoldenMessage.load("StateRootEntry").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeStateRootEntry()
    {
        final StateRootEntryDecoder decoder = new StateRootEntryDecoder();
        decoder.wrapAndApplyHeader(golden("StateRootEntry"), 0, headerDecoder);

        assertEquals(StateRootEntryDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(16, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.sequence());
        assertEquals(u64(16), decoder.asOfSequence());
        assertEquals(u64(24), decoder.accountCount());
        assertEquals(u64(32), decoder.ledgerCount());
        final byte[] accountsRoot = new byte[32];
        assertEquals(32, decoder.getAccountsRoot(accountsRoot, 0, 32));
        assertArrayEquals(bytes(40, 32), accountsRoot);
        final byte[] ledgersRoot = new byte[32];
        assertEquals(32, decoder.getLedgersRoot(ledgersRoot, 0, 32));
        assertArrayEquals(bytes(72, 32), ledgersRoot);
    }

    @Test
    void shouldEncodeAccountRow()
    {
        dirty();
        final AccountRowEncoder encoder = new AccountRowEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .asOfSequence(u64(8))
            .sequence(u64(16));
        encoder.account()
            .idHigh(u64(24))
            .idLow(u64(32))
            .debitsPendingHigh(u64(40))
            .debitsPendingLow(u64(48))
            .debitsPostedHigh(u64(56))
            .debitsPostedLow(u64(64))
            .creditsPendingHigh(u64(72))
            .creditsPendingLow(u64(80))
            .creditsPostedHigh(u64(88))
            .creditsPostedLow(u64(96))
            .userData128High(u64(104))
            .userData128Low(u64(112))
            .userData64(u64(120))
            .userData32(u32(128))
            .reserved(u32(132))
            .ledger(u32(136))
            .code(u16(140))
            .flags(u16(142))
            .timestampNs(u64(144));
        encoder.putSalt(bytes(152, 32), 0, 32);

        GoldenMessage.load("AccountRow").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeAccountRow()
    {
        final AccountRowDecoder decoder = new AccountRowDecoder();
        decoder.wrapAndApplyHeader(golden("AccountRow"), 0, headerDecoder);

        assertEquals(AccountRowDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(20, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.asOfSequence());
        assertEquals(u64(16), decoder.sequence());
        final AccountRecordDecoder account = decoder.account();
        assertEquals(u64(24), account.idHigh());
        assertEquals(u64(32), account.idLow());
        assertEquals(u64(40), account.debitsPendingHigh());
        assertEquals(u64(48), account.debitsPendingLow());
        assertEquals(u64(56), account.debitsPostedHigh());
        assertEquals(u64(64), account.debitsPostedLow());
        assertEquals(u64(72), account.creditsPendingHigh());
        assertEquals(u64(80), account.creditsPendingLow());
        assertEquals(u64(88), account.creditsPostedHigh());
        assertEquals(u64(96), account.creditsPostedLow());
        assertEquals(u64(104), account.userData128High());
        assertEquals(u64(112), account.userData128Low());
        assertEquals(u64(120), account.userData64());
        assertEquals(u32(128), account.userData32());
        assertEquals(u32(132), account.reserved());
        assertEquals(u32(136), account.ledger());
        assertEquals(u16(140), account.code());
        assertEquals(u16(142), account.flags());
        assertEquals(u64(144), account.timestampNs());
        final byte[] salt = new byte[32];
        assertEquals(32, decoder.getSalt(salt, 0, 32));
        assertArrayEquals(bytes(152, 32), salt);
    }

    @Test
    void shouldEncodeLedgerRow()
    {
        dirty();
        final LedgerRowEncoder encoder = new LedgerRowEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .asOfSequence(u64(8))
            .ledgerSequence(u64(16))
            .accountCount(u64(24))
            .ledger(u32(32))
            .reserved(u32(36))
            .debitsPendingTop(u64(40))
            .debitsPendingHigh(u64(48))
            .debitsPendingLow(u64(56))
            .debitsPostedTop(u64(64))
            .debitsPostedHigh(u64(72))
            .debitsPostedLow(u64(80))
            .creditsPendingTop(u64(88))
            .creditsPendingHigh(u64(96))
            .creditsPendingLow(u64(104))
            .creditsPostedTop(u64(112))
            .creditsPostedHigh(u64(120))
            .creditsPostedLow(u64(128));

        GoldenMessage.load("LedgerRow").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldDecodeLedgerRow()
    {
        final LedgerRowDecoder decoder = new LedgerRowDecoder();
        decoder.wrapAndApplyHeader(golden("LedgerRow"), 0, headerDecoder);

        assertEquals(LedgerRowDecoder.BLOCK_LENGTH, headerDecoder.blockLength());
        assertEquals(21, headerDecoder.templateId());
        assertEquals(840, headerDecoder.schemaId());
        assertEquals(0, headerDecoder.version());
        assertEquals(u64(8), decoder.asOfSequence());
        assertEquals(u64(16), decoder.ledgerSequence());
        assertEquals(u64(24), decoder.accountCount());
        assertEquals(u32(32), decoder.ledger());
        assertEquals(u32(36), decoder.reserved());
        assertEquals(u64(40), decoder.debitsPendingTop());
        assertEquals(u64(48), decoder.debitsPendingHigh());
        assertEquals(u64(56), decoder.debitsPendingLow());
        assertEquals(u64(64), decoder.debitsPostedTop());
        assertEquals(u64(72), decoder.debitsPostedHigh());
        assertEquals(u64(80), decoder.debitsPostedLow());
        assertEquals(u64(88), decoder.creditsPendingTop());
        assertEquals(u64(96), decoder.creditsPendingHigh());
        assertEquals(u64(104), decoder.creditsPendingLow());
        assertEquals(u64(112), decoder.creditsPostedTop());
        assertEquals(u64(120), decoder.creditsPostedHigh());
        assertEquals(u64(128), decoder.creditsPostedLow());
    }

    @Test
    void shouldEncodeATransferAsItIsMetInPractice()
    {
        dirty();
        final TransferEntryEncoder encoder = new TransferEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .sequence(5)
            .ledgerSequence(3)
            .timestampNs(1_795_392_000_000_000_007L)
            .batchIndex(1)
            .batchCount(2)
            .outcome(4_294_967_295L);
        encoder.transfer()
            .idHigh(0).idLow(1001)
            .debitAccountIdHigh(0).debitAccountIdLow(101)
            .creditAccountIdHigh(0).creditAccountIdLow(102)
            .amountHigh(0).amountLow(125_00)
            .pendingIdHigh(0).pendingIdLow(0)
            .userData128High(0).userData128Low(0)
            .userData64(77)
            .userData32(0)
            .timeout(60)
            .ledger(840)
            .code(1)
            .flags(1);

        GoldenMessage.load("TransferEntry-example").check(encoded(encoder.encodedLength()));
    }

    @Test
    void shouldReadTheBeginningOfAnExtendedTransferAsATransfer()
    {
        final UnsafeBuffer extended = golden("ExtendedTransferEntry");
        final UnsafeBuffer ordinary = golden("TransferEntry");

        assertArrayEquals(
            Arrays.copyOfRange(ordinary.byteArray(), 8, 160), Arrays.copyOfRange(extended.byteArray(), 8, 160));
    }

    @Test
    void shouldSpellTheMagicOnTheDisk()
    {
        new FrameHeaderEncoder().wrapAndApplyHeader(buffer, 0, headerEncoder).magic(0x4D495245L);

        assertEquals("ERIM", buffer.getStringWithoutLengthAscii(MessageHeaderEncoder.ENCODED_LENGTH, 4));
    }

    @Test
    void shouldRefuseMorePlacementsThanTheFormatCanCount()
    {
        final GenesisEntryEncoder encoder = new GenesisEntryEncoder();
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder);

        assertThrows(IllegalArgumentException.class, () -> encoder.placementCount(65_535));
    }

    /** Bytes that are left from before must not show through: each encoding starts on a used buffer. */
    private void dirty()
    {
        buffer.setMemory(0, LENGTH_MAX, (byte) 0xEE);
    }

    private byte[] encoded(final int encodedLength)
    {
        assertTrue(encodedLength > 0);
        return Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
    }

    private static UnsafeBuffer golden(final String name)
    {
        return new UnsafeBuffer(GoldenMessage.load(name).bytes());
    }

    private static int u16(final int offset)
    {
        return (int) value(offset, 2);
    }

    private static long u32(final int offset)
    {
        return value(offset, 4);
    }

    private static long u64(final int offset)
    {
        return value(offset, 8);
    }

    private static long value(final int offset, final int length)
    {
        long value = 0;
        for (int i = length - 1; i >= 0; i--)
        {
            value = value << 8 | (offset + i & 0xFF);
        }

        return value;
    }

    private static byte[] bytes(final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte) (offset + i);
        }

        return bytes;
    }
}
