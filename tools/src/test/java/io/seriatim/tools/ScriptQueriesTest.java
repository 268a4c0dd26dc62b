package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Queries from the request to the answer; what is expected is what SEMANTICS, sections 14, 15 and 18, has. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ScriptQueriesTest
{
    /**
     * Entry and timestamp of each: accounts 1 to 3 (1, 2) to (3, 4); an empty batch takes 5; transfers 100 (4, 7), 101
     * refused (5, 8), 102 pending (6, 9), 103 posts 60 of it (7, 10), 104 and 105 pending (8, 11) and (9, 12), 106
     * voids 104 (10, 13), 107 pending (11, 14), 108 (12, 15); then 105 is released (13, 2000000001).
     */
    private static final List<String> BOOKS =
        """
        {"op":"create_accounts","events":[\
        {"id":1,"ledger":840,"code":10,"user_data_128":7},\
        {"id":2,"ledger":840,"code":20,"user_data_64":8,"flags":["history","debits_must_not_exceed_credits"]},\
        {"id":3,"ledger":840,"code":20,"user_data_32":9}]}
        {"op":"create_transfers","events":[]}
        {"op":"create_transfers","events":[\
        {"id":100,"debit_account_id":1,"credit_account_id":2,"amount":500,"ledger":840,"code":1},\
        {"id":101,"debit_account_id":2,"credit_account_id":1,"amount":501,"ledger":840,"code":1},\
        {"id":102,"debit_account_id":2,"credit_account_id":3,"amount":100,"ledger":840,"code":2,"flags":["pending"],\
        "user_data_64":5},\
        {"id":103,"pending_id":102,"amount":60,"flags":["post_pending_transfer"]},\
        {"id":104,"debit_account_id":2,"credit_account_id":1,"amount":20,"ledger":840,"code":2,"flags":["pending"],\
        "timeout":3600},\
        {"id":105,"debit_account_id":2,"credit_account_id":1,"amount":30,"ledger":840,"code":2,"flags":["pending"],\
        "timeout":1},\
        {"id":106,"pending_id":104,"flags":["void_pending_transfer"]},\
        {"id":107,"debit_account_id":2,"credit_account_id":3,"amount":40,"ledger":840,"code":2,"flags":["pending"]},\
        {"id":108,"debit_account_id":3,"credit_account_id":1,"amount":0,"ledger":840,"code":1,\
        "user_data_128":"340282366920938463463374607431768211455"}]}
        {"op":"set_clock","timestamp":2000000000}
        """.lines().toList();

    private static final int FIRST = BOOKS.size();

    @TempDir
    private Path directory;

    @Test
    void shouldBeAskedOfBooksAsTheCommentSays()
    {
        final ScriptRun run = ask();
        assertEquals(
            List.of("created", "exceeds_credits", "created", "created", "created", "created", "created", "created",
                "created"), run.statuses(2));
        assertTrue(run.answer(2).contains("{\"status\":\"created\",\"timestamp\":\"7\",\"sequence\":\"4\"}"));
        assertTrue(run.answer(2).contains("{\"status\":\"created\",\"timestamp\":\"15\",\"sequence\":\"12\"}"));
        assertEquals("{\"clock\":\"2000000000\",\"expired\":1}", run.answer(3));
    }

    @Test
    void shouldFindTheTransfersOfAnAccountByEveryFieldOfTheFilter()
    {
        final ScriptRun run = ask(
            ofAccount("\"account_id\":2,\"flags\":[\"debits\",\"credits\"],\"limit\":100"),
            ofAccount("\"account_id\":\"2\",\"flags\":[\"credits\"],\"limit\":100"),
            ofAccount("\"account_id\":2,\"flags\":[\"debits\",\"reversed\"],\"limit\":2"),
            ofAccount("\"account_id\":2,\"flags\":3,\"limit\":9,\"code\":2,\"timestamp_min\":10,\"timestamp_max\":12"),
            ofAccount("\"account_id\":2,\"flags\":3,\"limit\":100,\"user_data_64\":5"),
            ofAccount("\"account_id\":1,\"flags\":3,\"limit\":4294967295,\"user_data_128\":" +
                "\"340282366920938463463374607431768211455\""),
            ofAccount("\"account_id\":1,\"flags\":3,\"limit\":100,\"user_data_32\":1"));
        assertEquals(List.of("100", "102", "103", "104", "105", "106", "107"), ids(run, 0, "transfers"));
        assertEquals(List.of("100"), ids(run, 1, "transfers"));
        assertEquals(List.of("107", "106"), ids(run, 2, "transfers"));
        assertEquals(List.of("103", "104", "105"), ids(run, 3, "transfers"));
        assertEquals(List.of("102", "103"), ids(run, 4, "transfers"));
        assertEquals(List.of("108"), ids(run, 5, "transfers"));
        assertEquals(List.of(), ids(run, 6, "transfers"));
        assertEquals(
            "{\"transfers\":[{\"id\":\"100\",\"debit_account_id\":\"1\",\"credit_account_id\":\"2\"," +
            "\"amount\":\"500\",\"pending_id\":\"0\",\"user_data_128\":\"0\",\"user_data_64\":\"0\"," +
            "\"user_data_32\":0,\"timeout\":0,\"ledger\":840,\"code\":1,\"flags\":[],\"timestamp\":\"7\"}]," +
            "\"sequence\":\"13\"}", run.answer(FIRST + 1));
    }

    @Test
    void shouldAnswerNothingToAFilterThatCanMatchNothing()
    {
        final String[] invalid = {
            "", "\"account_id\":2", "\"account_id\":2,\"flags\":3", "\"account_id\":2,\"limit\":1",
            "\"flags\":3,\"limit\":1", "\"account_id\":2,\"flags\":[\"reversed\"],\"limit\":1",
            "\"account_id\":2,\"flags\":8,\"limit\":1", "\"account_id\":2,\"flags\":11,\"limit\":1",
            "\"account_id\":2,\"flags\":2147483651,\"limit\":1",
            "\"account_id\":\"340282366920938463463374607431768211455\",\"flags\":3,\"limit\":1",
            "\"account_id\":2,\"flags\":3,\"limit\":1,\"timestamp_min\":\"9223372036854775808\"",
            "\"account_id\":2,\"flags\":3,\"limit\":1,\"timestamp_max\":\"18446744073709551615\"",
            "\"account_id\":2,\"flags\":3,\"limit\":1,\"timestamp_min\":9,\"timestamp_max\":8",
            "\"account_id\":99,\"flags\":3,\"limit\":1"};
        final List<String> requests = new ArrayList<>();
        for (final String filter : invalid)
        {
            requests.add(ofAccount(filter));
        }
        requests.add("{\"op\":\"query_accounts\",\"filter\":{}}");
        requests.add("{\"op\":\"query_transfers\",\"filter\":{\"limit\":1,\"flags\":2}}");
        requests.add("{\"op\":\"query_pending\",\"state\":\"voided\",\"filter\":{\"ledger\":840}}");
        requests.add("{\"op\":\"get_change_events\",\"filter\":{\"timestamp_min\":1}}");
        final ScriptRun run = ask(requests.toArray(new String[0]));
        for (int i = 0; i < requests.size(); i++)
        {
            assertTrue(run.answer(FIRST + i).matches("\\{\"(transfers|accounts|events)\":\\[],\"sequence\":\"13\"}"),
                requests.get(i) + " -> " + run.answer(FIRST + i));
        }
    }

    @Test
    void shouldFindTheBalancesAfterEachTransfer()
    {
        final String balances = "{\"op\":\"get_account_balances\",\"filter\":{\"account_id\":%d,\"flags\":%s," +
            "\"limit\":3}}";
        final ScriptRun run = ask(
            String.format(balances, 2, "[\"debits\",\"credits\",\"opening\"]"),
            String.format(balances, 2, "[\"debits\",\"reversed\"]"),
            String.format(balances, 1, "[\"debits\",\"credits\"]"));
        assertEquals(
            "{\"balances\":[" +
            "{\"debits_pending\":\"0\",\"debits_posted\":\"0\",\"credits_pending\":\"0\",\"credits_posted\":\"0\"," +
            "\"timestamp\":\"3\"}," +
            "{\"debits_pending\":\"0\",\"debits_posted\":\"0\",\"credits_pending\":\"0\",\"credits_posted\":\"500\"," +
            "\"timestamp\":\"7\"}," +
            "{\"debits_pending\":\"100\",\"debits_posted\":\"0\",\"credits_pending\":\"0\"," +
            "\"credits_posted\":\"500\",\"timestamp\":\"9\"}],\"sequence\":\"13\"}", run.answer(FIRST));
        assertTrue(run.answer(FIRST + 1).startsWith(
            "{\"balances\":[{\"debits_pending\":\"70\",\"debits_posted\":\"60\",\"credits_pending\":\"0\"," +
            "\"credits_posted\":\"500\",\"timestamp\":\"14\"}"), run.answer(FIRST + 1));
        assertEquals("{\"balances\":[],\"sequence\":\"13\"}", run.answer(FIRST + 2));
    }

    @Test
    void shouldFindAccountsAndTransfersByTheirFields()
    {
        final ScriptRun run = ask(
            "{\"op\":\"query_accounts\",\"filter\":{\"limit\":8190}}",
            "{\"op\":\"query_accounts\",\"filter\":{\"user_data_128\":\"7\",\"limit\":1}}",
            "{\"op\":\"query_accounts\",\"filter\":{\"user_data_64\":8,\"code\":20,\"ledger\":840,\"limit\":1}}",
            "{\"op\":\"query_accounts\",\"filter\":{\"user_data_32\":9,\"limit\":1}}",
            "{\"op\":\"query_accounts\",\"filter\":{\"code\":20,\"limit\":1,\"flags\":[\"reversed\"]}}",
            "{\"op\":\"query_transfers\",\"filter\":{\"code\":1,\"limit\":9,\"flags\":[\"reversed\"]}}",
            "{\"op\":\"query_transfers\",\"filter\":{\"ledger\":840,\"timestamp_min\":14,\"timestamp_max\":14," +
            "\"limit\":9}}",
            "{\"op\":\"query_transfers\",\"filter\":{\"ledger\":978,\"limit\":9}}");
        assertEquals(List.of("1", "2", "3"), ids(run, 0, "accounts"));
        assertEquals(List.of("1"), ids(run, 1, "accounts"));
        assertEquals(List.of("2"), ids(run, 2, "accounts"));
        assertEquals(List.of("3"), ids(run, 3, "accounts"));
        assertEquals(List.of("3"), ids(run, 4, "accounts"));
        assertEquals(List.of("108", "100"), ids(run, 5, "transfers"));
        assertEquals(List.of("107"), ids(run, 6, "transfers"));
        assertEquals(List.of(), ids(run, 7, "transfers"));
    }

    @Test
    void shouldFindPendingTransfersByWhatBecameOfThem()
    {
        final String query = "{\"op\":\"query_pending\",\"state\":\"%s\",\"filter\":{\"ledger\":840,\"limit\":10}}";
        final ScriptRun run = ask(
            String.format(query, "pending"), String.format(query, "posted"), String.format(query, "voided"),
            String.format(query, "expired"),
            "{\"op\":\"get_account_with_pending\",\"id\":2}", "{\"op\":\"get_account_with_pending\",\"id\":99}");
        assertEquals(List.of("107"), ids(run, 0, "transfers"));
        assertEquals(List.of("102"), ids(run, 1, "transfers"));
        assertEquals(List.of("104"), ids(run, 2, "transfers"));
        assertEquals(List.of("105"), ids(run, 3, "transfers"));
        assertEquals(List.of("107"), ids(run, 4, "pending"));
        final JsonNode account = run.tree(FIRST + 4).required("account");
        assertEquals("40", account.required("debits_pending").asString());
        assertEquals("60", account.required("debits_posted").asString());
        assertEquals("{\"account\":null,\"pending\":[],\"sequence\":\"13\"}", run.answer(FIRST + 5));
    }

    @Test
    void shouldFindAnAccountAsItWas()
    {
        final ScriptRun run = ask(
            "{\"op\":\"get_account_as_of\",\"id\":2,\"sequence\":\"6\"}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"timestamp\":\"9\"}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"timestamp\":\"8\"}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"sequence\":1}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"sequence\":99}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"timestamp\":\"9223372036854775807\"}");
        assertEquals("100", run.tree(FIRST).required("account").required("debits_pending").asString());
        assertEquals("100", run.tree(FIRST + 1).required("account").required("debits_pending").asString());
        assertEquals("0", run.tree(FIRST + 2).required("account").required("debits_pending").asString());
        assertEquals("{\"account\":null,\"sequence\":\"13\"}", run.answer(FIRST + 3));
        assertEquals("{\"account\":null,\"sequence\":\"13\"}", run.answer(FIRST + 4));
        assertEquals("40", run.tree(FIRST + 5).required("account").required("debits_pending").asString());
    }

    @Test
    void shouldTellWhatChangedBalances()
    {
        final ScriptRun run = ask(
            "{\"op\":\"get_change_events\",\"filter\":{\"limit\":100}}",
            "{\"op\":\"get_change_events\",\"filter\":{\"timestamp_min\":10,\"timestamp_max\":13,\"limit\":2}}");
        final StringBuilder events = new StringBuilder();
        for (final JsonNode event : run.tree(FIRST).required("events"))
        {
            events.append(event.required("type").asString()).append(' ')
                .append(event.required("timestamp").asString()).append(' ')
                .append(event.required("ledger").asInt()).append(' ')
                .append(event.required("amount").asString()).append(' ')
                .append(event.required("transfer").required("id").asString()).append(' ')
                .append(event.required("transfer").required("pending_id").asString()).append(' ')
                .append(event.required("debit_account").required("id").asString()).append(':')
                .append(event.required("debit_account").required("debits_pending").asString()).append('/')
                .append(event.required("debit_account").required("debits_posted").asString()).append(' ')
                .append(event.required("credit_account").required("id").asString()).append(':')
                .append(event.required("credit_account").required("credits_pending").asString()).append('/')
                .append(event.required("credit_account").required("credits_posted").asString()).append('\n');
        }
        assertEquals(
            """
            single_phase 7 840 500 100 0 1:0/500 2:0/500
            two_phase_pending 9 840 100 102 0 2:100/0 3:100/0
            two_phase_posted 10 840 60 103 102 2:0/60 3:0/60
            two_phase_pending 11 840 20 104 0 2:20/60 1:20/0
            two_phase_pending 12 840 30 105 0 2:50/60 1:50/0
            two_phase_voided 13 840 20 106 104 2:30/60 1:30/0
            two_phase_pending 14 840 40 107 0 2:70/60 3:40/60
            single_phase 15 840 0 108 0 3:0/0 1:30/0
            two_phase_expired 2000000001 840 30 105 0 2:40/60 1:0/0
            """, events.toString());
        assertEquals("12", run.tree(FIRST).required("events").get(8).required("transfer").required("timestamp")
            .asString());
        assertEquals(2, run.tree(FIRST + 1).required("events").size());
        assertEquals("10", run.tree(FIRST + 1).required("events").get(0).required("timestamp").asString());
    }

    @Test
    void shouldExplainEntries()
    {
        final ScriptRun run = ask(
            "{\"op\":\"explain\",\"sequence\":5}", "{\"op\":\"explain\",\"sequence\":\"13\"}",
            "{\"op\":\"explain\",\"sequence\":0}", "{\"op\":\"explain\",\"sequence\":14}");
        final JsonNode refused = run.tree(FIRST).required("explanation");
        assertEquals("transfer", refused.required("kind").asString());
        assertEquals("exceeds_credits", refused.required("outcome").asString());
        assertEquals("501", refused.required("values").required("amount").asString());
        assertEquals("500", refused.required("debit_account").required("credits_posted").asString());
        final JsonNode expired = run.tree(FIRST + 1).required("explanation");
        assertEquals("expiry", expired.required("kind").asString());
        assertEquals("105", expired.required("pending").required("id").asString());
        assertEquals("pending", expired.required("pending_state").asString());
        assertEquals("genesis", run.tree(FIRST + 2).required("explanation").required("kind").asString());
        assertEquals("{\"explanation\":null,\"sequence\":\"13\"}", run.answer(FIRST + 3));
    }

    @Test
    void shouldAnswerFromTheirPlaceInTheOrder()
    {
        final List<String> requests = new ArrayList<>(List.of(BOOKS.get(0)));
        for (int i = 1; i <= 200; i++)
        {
            requests.add("{\"op\":\"create_transfers\",\"events\":[{\"id\":" + i + ",\"debit_account_id\":1," +
                "\"credit_account_id\":2,\"amount\":1,\"ledger\":840,\"code\":1}]}");
            requests.add("{\"op\":\"query_accounts\",\"filter\":{\"user_data_128\":7,\"limit\":1}}");
        }
        final ScriptRun run = ScriptRun.of(requests.toArray(new String[0]));
        for (int i = 1; i <= 200; i++)
        {
            final String answer = run.answer(2 * i);
            assertTrue(
                answer.contains("\"debits_posted\":\"" + i + '"') &&
                answer.endsWith("\"sequence\":\"" + (i + 3) + "\"}"),
                answer);
        }
    }

    @Test
    void shouldAnswerAfterARestartAsBefore()
    {
        final Object[] args = { "script", "--data", directory.resolve("books"), "--clock", "manual" };
        final String[] queries = {
            ofAccount("\"account_id\":2,\"flags\":3,\"limit\":100"),
            "{\"op\":\"get_change_events\",\"filter\":{\"limit\":100}}",
            "{\"op\":\"query_pending\",\"state\":\"expired\",\"filter\":{\"limit\":1}}",
            "{\"op\":\"get_account_as_of\",\"id\":2,\"sequence\":6}", "{\"op\":\"explain\",\"sequence\":5}"};
        final ScriptRun before = ScriptRun.with(args, with(queries));
        final ScriptRun after = ScriptRun.with(args, queries);
        assertEquals(0, after.exitCode(), after.err());
        assertEquals(before.answers().subList(FIRST, FIRST + queries.length), after.answers());
    }

    private static ScriptRun ask(final String... queries)
    {
        return ScriptRun.of(with(queries));
    }

    private static String[] with(final String... queries)
    {
        final List<String> requests = new ArrayList<>(BOOKS);
        requests.addAll(List.of(queries));
        return requests.toArray(new String[0]);
    }

    private static String ofAccount(final String filter)
    {
        return "{\"op\":\"get_account_transfers\",\"filter\":{" + filter + "}}";
    }

    private static List<String> ids(final ScriptRun run, final int query, final String field)
    {
        final List<String> ids = new ArrayList<>();
        for (final JsonNode row : run.tree(FIRST + query).required(field))
        {
            ids.add(row.required("id").asString());
        }
        return ids;
    }
}
