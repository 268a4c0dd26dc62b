package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;

/** Rows as the engine lays them out, and the JSON that comes of them. */
class JsonAnswersTest
{
    private static final int OFFSET = 24;
    private static final String ACCOUNT_JSON =
        """
        {"id":"18446744073709551617","debits_pending":"340282366920938463463374607431768211455",\
        "debits_posted":"2","credits_pending":"3","credits_posted":"18446744073709551615","user_data_128":"5",\
        "user_data_64":"18446744073709551614","user_data_32":4294967295,"ledger":4294967294,"code":65535,\
        "flags":["linked","debits_must_not_exceed_credits","credits_must_not_exceed_debits","history","imported",\
        "closed"],"timestamp":"9223372036854775807"}""";
    private static final String TRANSFER_JSON =
        """
        {"id":"1","debit_account_id":"2","credit_account_id":"18446744073709551616",\
        "amount":"340282366920938463463374607431768211454","pending_id":"4","user_data_128":"5",\
        "user_data_64":"18446744073709551615","user_data_32":4294967295,"timeout":4294967294,"ledger":4294967293,\
        "code":65534,"flags":["linked","pending","post_pending_transfer","void_pending_transfer","balancing_debit",\
        "balancing_credit","closing_debit","closing_credit","imported"],"timestamp":"6"}""";

    private final JsonAnswers answers = new JsonAnswers();
    private final MutableDirectBuffer rows = new ExpandableArrayBuffer();

    @Test
    void shouldWriteResultsWithTheFirstSequenceOnlyIfThereIsOne()
    {
        result(OFFSET, 5, 6, 0, TransferOutcome.CREATED.code());
        result(OFFSET + BatchResults.ROW_LENGTH, -1, 8, 3, TransferOutcome.ID_ALREADY_FAILED.code());
        answers.answer(JsonOp.CREATE_TRANSFERS, RequestKind.CREATE_TRANSFERS, rows, OFFSET, 2, 8);
        assertEquals(
            "{\"results\":[{\"status\":\"created\",\"timestamp\":\"5\",\"sequence\":\"6\"}," +
            "{\"status\":\"id_already_failed\",\"timestamp\":\"18446744073709551615\",\"sequence\":\"8\"," +
            "\"first_sequence\":\"3\"}]}", answers.toString());

        result(OFFSET, 5, 6, 4, AccountOutcome.EXISTS.code());
        answers.answer(JsonOp.CREATE_ACCOUNTS, RequestKind.CREATE_ACCOUNTS, rows, OFFSET, 1, 8);
        assertEquals(
            "{\"results\":[{\"status\":\"exists\",\"timestamp\":\"5\",\"sequence\":\"6\",\"first_sequence\":\"4\"}]}",
            answers.toString());

        answers.answer(JsonOp.DEFINE_LEDGER, RequestKind.DEFINE_LEDGERS, rows, OFFSET, 0, 8);
        assertEquals("{\"results\":[]}", answers.toString());
    }

    @Test
    void shouldWriteEveryOutcomeByItsLabel()
    {
        for (final TransferOutcome outcome : TransferOutcome.values())
        {
            result(OFFSET, 5, 6, 0, outcome.code());
            answers.answer(JsonOp.CREATE_TRANSFERS, RequestKind.CREATE_TRANSFERS, rows, OFFSET, 1, 8);
            assertEquals(
                "{\"results\":[{\"status\":\"" + outcome.label() + "\",\"timestamp\":\"5\",\"sequence\":\"6\"}]}",
                answers.toString());
        }
        for (final AccountOutcome outcome : AccountOutcome.values())
        {
            result(OFFSET, 5, 6, 0, outcome.code());
            answers.answer(JsonOp.CREATE_ACCOUNTS, RequestKind.CREATE_ACCOUNTS, rows, OFFSET, 1, 8);
            assertEquals(
                "{\"results\":[{\"status\":\"" + outcome.label() + "\",\"timestamp\":\"5\",\"sequence\":\"6\"}]}",
                answers.toString());
        }
    }

    @Test
    void shouldWriteAccountsAndTransfersInFull()
    {
        account(OFFSET);
        account(OFFSET + QueryRows.ACCOUNT_LENGTH);
        for (final JsonOp op : new JsonOp[] { JsonOp.LOOKUP_ACCOUNTS, JsonOp.QUERY_ACCOUNTS })
        {
            answers.answer(op, op.kind(), rows, OFFSET, 2, 7);
            assertEquals(
                "{\"accounts\":[" + ACCOUNT_JSON + "," + ACCOUNT_JSON + "],\"sequence\":\"7\"}", answers.toString());
        }
        transfer(OFFSET);
        transfer(OFFSET + QueryRows.TRANSFER_LENGTH);
        for (final JsonOp op : new JsonOp[] {
            JsonOp.LOOKUP_TRANSFERS, JsonOp.QUERY_TRANSFERS, JsonOp.QUERY_PENDING, JsonOp.GET_ACCOUNT_TRANSFERS })
        {
            answers.answer(op, op.kind(), rows, OFFSET, 2, 7);
            assertEquals(
                "{\"transfers\":[" + TRANSFER_JSON + "," + TRANSFER_JSON + "],\"sequence\":\"7\"}",
                answers.toString());
            answers.answer(op, op.kind(), rows, 0, 0, 7);
            assertEquals("{\"transfers\":[],\"sequence\":\"7\"}", answers.toString());
        }
    }

    @Test
    void shouldWriteBalances()
    {
        for (int i = 0; i < 2; i++)
        {
            final int offset = OFFSET + i * QueryRows.BALANCE_LENGTH;
            wide(offset, 1, 0);
            wide(offset + 16, 0, 2);
            wide(offset + 32, -1, -1);
            wide(offset + 48, 0, -1);
            rows.putLong(offset + QueryRows.BALANCE_TIMESTAMP_OFFSET, 5 + i);
        }
        answers.answer(JsonOp.GET_ACCOUNT_BALANCES, RequestKind.GET_ACCOUNT_BALANCES, rows, OFFSET, 2, 7);
        final String balance =
            "{\"debits_pending\":\"18446744073709551616\",\"debits_posted\":\"2\",\"credits_pending\":\"" +
            "340282366920938463463374607431768211455\",\"credits_posted\":\"18446744073709551615\",\"timestamp\":\"";
        assertEquals(
            "{\"balances\":[" + balance + "5\"}," + balance + "6\"}],\"sequence\":\"7\"}", answers.toString());
    }

    @Test
    void shouldWriteChangeEvents()
    {
        final String[] types = {
            "single_phase", "two_phase_pending", "two_phase_posted", "two_phase_voided", "two_phase_expired"};
        for (int i = 0; i < types.length; i++)
        {
            final int offset = OFFSET + i * QueryRows.CHANGE_EVENT_LENGTH;
            rows.putLong(offset, 100 + i);
            rows.putInt(offset + QueryRows.EVENT_TYPE_OFFSET, i);
            transfer(offset + QueryRows.EVENT_TRANSFER_OFFSET);
            account(offset + QueryRows.EVENT_DEBIT_ACCOUNT_OFFSET);
            account(offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET);
            new AccountRecordEncoder().wrap(rows, offset + QueryRows.EVENT_CREDIT_ACCOUNT_OFFSET).code(9);
        }
        answers.answer(JsonOp.GET_CHANGE_EVENTS, RequestKind.GET_CHANGE_EVENTS, rows, OFFSET, types.length, 7);
        final StringBuilder expected = new StringBuilder("{\"events\":[");
        for (int i = 0; i < types.length; i++)
        {
            expected.append(i == 0 ? "" : ",").append("{\"type\":\"").append(types[i])
                .append("\",\"timestamp\":\"").append(100 + i).append("\",\"ledger\":4294967294,\"amount\":\"")
                .append("340282366920938463463374607431768211454\",\"transfer\":").append(TRANSFER_JSON)
                .append(",\"debit_account\":").append(ACCOUNT_JSON).append(",\"credit_account\":")
                .append(ACCOUNT_JSON.replace("\"code\":65535", "\"code\":9")).append('}');
        }
        assertEquals(expected + "],\"sequence\":\"7\"}", answers.toString());
    }

    @Test
    void shouldWriteOutcomes()
    {
        wide(OFFSET, 0, 77);
        result(OFFSET + 2 * Long.BYTES, 5, 6, 0, TransferOutcome.EXCEEDS_CREDITS.code());
        answers.answer(JsonOp.LOOKUP_OUTCOME, RequestKind.LOOKUP_TRANSFER_OUTCOMES, rows, OFFSET, 1, 7);
        assertEquals(
            "{\"outcome\":{\"status\":\"exceeds_credits\",\"timestamp\":\"5\",\"sequence\":\"6\"},\"sequence\":\"7\"}",
            answers.toString());
        result(OFFSET + 2 * Long.BYTES, 5, 6, 0, AccountOutcome.CREATED.code());
        answers.answer(JsonOp.LOOKUP_OUTCOME, RequestKind.LOOKUP_ACCOUNT_OUTCOMES, rows, OFFSET, 1, 7);
        assertEquals(
            "{\"outcome\":{\"status\":\"created\",\"timestamp\":\"5\",\"sequence\":\"6\"},\"sequence\":\"7\"}",
            answers.toString());
        answers.answer(JsonOp.LOOKUP_OUTCOME, RequestKind.LOOKUP_ACCOUNT_OUTCOMES, rows, 0, 0, 7);
        assertEquals("{\"outcome\":{\"status\":\"not_found\"},\"sequence\":\"7\"}", answers.toString());
    }

    @Test
    void shouldWriteOneAccountOrNone()
    {
        account(OFFSET);
        answers.answer(JsonOp.GET_ACCOUNT_AS_OF, RequestKind.GET_ACCOUNT_AS_OF_TIME, rows, OFFSET, 1, 7);
        assertEquals("{\"account\":" + ACCOUNT_JSON + ",\"sequence\":\"7\"}", answers.toString());
        answers.answer(JsonOp.GET_ACCOUNT_AS_OF, RequestKind.GET_ACCOUNT_AS_OF_SEQUENCE, rows, 0, 0, 7);
        assertEquals("{\"account\":null,\"sequence\":\"7\"}", answers.toString());

        transfer(OFFSET + QueryRows.TRANSFER_LENGTH);
        transfer(OFFSET + 2 * QueryRows.TRANSFER_LENGTH);
        final JsonOp op = JsonOp.GET_ACCOUNT_WITH_PENDING;
        answers.answer(op, op.kind(), rows, OFFSET, 3, 7);
        assertEquals(
            "{\"account\":" + ACCOUNT_JSON + ",\"pending\":[" + TRANSFER_JSON + "," + TRANSFER_JSON +
            "],\"sequence\":\"7\"}", answers.toString());
        answers.answer(op, op.kind(), rows, OFFSET, 1, 7);
        assertEquals("{\"account\":" + ACCOUNT_JSON + ",\"pending\":[],\"sequence\":\"7\"}", answers.toString());
        answers.answer(op, op.kind(), rows, 0, 0, 7);
        assertEquals("{\"account\":null,\"pending\":[],\"sequence\":\"7\"}", answers.toString());
    }

    @Test
    void shouldWriteAnExplanationOrNone()
    {
        answers.answer(JsonOp.EXPLAIN, RequestKind.EXPLAIN, rows, 0, 0, 7);
        assertEquals("{\"explanation\":null,\"sequence\":\"7\"}", answers.toString());

        final TransferEntryEncoder entry = new TransferEntryEncoder()
            .wrapAndApplyHeader(rows, OFFSET + QueryRows.EXPLAINED_ENTRY_OFFSET, new MessageHeaderEncoder())
            .sequence(5).timestampNs(9).batchIndex(0).batchCount(1)
            .outcome(TransferOutcome.EXCEEDS_CREDITS.code() & 0xFFFF_FFFFL);
        entry.transfer().idLow(1).debitAccountIdLow(2).amountLow(3);
        rows.putInt(OFFSET + QueryRows.EXPLAINED_PARTS_OFFSET, QueryRows.HAS_DEBIT_ACCOUNT | QueryRows.HAS_PENDING);
        account(OFFSET + QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET);
        transfer(OFFSET + QueryRows.EXPLAINED_PENDING_OFFSET);
        rows.putInt(OFFSET + QueryRows.EXPLAINED_PENDING_STATE_OFFSET, PendingState.VOIDED.code());
        rows.putLong(OFFSET + QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET, 4);
        answers.answer(JsonOp.EXPLAIN, RequestKind.EXPLAIN, rows, OFFSET, 1, 7);
        final String answer = answers.toString();
        assertTrue(answer.startsWith(
            "{\"explanation\":{\"sequence\":\"5\",\"timestamp\":\"9\",\"kind\":\"transfer\"," +
            "\"outcome\":\"exceeds_credits\",\"rule\":\""), answer);
        assertTrue(answer.contains("\"values\":{\""), answer);
        assertTrue(answer.endsWith(
            "},\"debit_account\":" + ACCOUNT_JSON + ",\"pending\":" + TRANSFER_JSON +
            ",\"pending_state\":\"voided\",\"original_sequence\":\"4\"},\"sequence\":\"7\"}"), answer);
    }

    @Test
    void shouldWriteWhatAClockShows()
    {
        rows.putLong(OFFSET, Long.MAX_VALUE);
        rows.putLong(OFFSET + Long.BYTES, 3);
        for (final JsonOp op : new JsonOp[] { JsonOp.ADVANCE_CLOCK, JsonOp.SET_CLOCK })
        {
            answers.answer(op, op.kind(), rows, OFFSET, 1, 7);
            assertEquals("{\"clock\":\"9223372036854775807\",\"expired\":3}", answers.toString());
        }
    }

    @Test
    void shouldWriteAnErrorOnOneLineWhateverItsMessageHolds()
    {
        answers.error(new JsonRequestException(JsonErrorCode.BAD_VALUE, "\"x\"\n\u0001\\é"), 3);
        assertEquals(
            "{\"error\":{\"code\":\"bad_value\",\"message\":\"\\\"x\\\"\\n\\u0001\\\\é\",\"line\":3}}",
            answers.toString());
        answers.error(new JsonRequestException(JsonErrorCode.NOT_UTF8, "x"), 0);
        assertEquals("{\"error\":{\"code\":\"not_utf8\",\"message\":\"x\"}}", answers.toString());
    }

    private void result(
        final int offset, final long timestampNs, final long sequence, final long firstSequence, final int code)
    {
        rows.putLong(offset + BatchResults.TIMESTAMP_OFFSET, timestampNs);
        rows.putLong(offset + BatchResults.SEQUENCE_OFFSET, sequence);
        rows.putLong(offset + BatchResults.FIRST_SEQUENCE_OFFSET, firstSequence);
        rows.putLong(offset + BatchResults.OUTCOME_OFFSET, Integer.toUnsignedLong(code));
    }

    private void account(final int offset)
    {
        rows.setMemory(offset, QueryRows.ACCOUNT_LENGTH, (byte) 0);
        new AccountRecordEncoder().wrap(rows, offset)
            .idHigh(1).idLow(1).debitsPendingHigh(-1).debitsPendingLow(-1).debitsPostedLow(2).creditsPendingLow(3)
            .creditsPostedLow(-1).userData128Low(5).userData64(-2).userData32(0xFFFF_FFFFL).ledger(0xFFFF_FFFEL)
            .code(0xFFFF).flags(0x3F).timestampNs(Long.MAX_VALUE);
    }

    private void transfer(final int offset)
    {
        rows.setMemory(offset, QueryRows.TRANSFER_LENGTH, (byte) 0);
        new TransferRecordEncoder().wrap(rows, offset)
            .idLow(1).debitAccountIdLow(2).creditAccountIdHigh(1).amountHigh(-1).amountLow(-2)
            .pendingIdLow(4).userData128Low(5).userData64(-1).userData32(0xFFFF_FFFFL).timeout(0xFFFF_FFFEL)
            .ledger(0xFFFF_FFFDL).code(0xFFFE).flags(0x1FF);
        rows.putLong(offset + TransferRecordEncoder.ENCODED_LENGTH, 6);
    }

    private void wide(final int offset, final long high, final long low)
    {
        rows.putLong(offset, high);
        rows.putLong(offset + Long.BYTES, low);
    }
}
