package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A script that was run: its answers, one for each request. */
record ScriptRun(int exitCode, List<String> answers, String err)
{
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Object[] IN_MEMORY = { "script", "--memory", "--clock", "manual" };

    /** Runs requests in memory, under a manual clock. */
    static ScriptRun of(final String... requests)
    {
        final ScriptRun run = with(IN_MEMORY, requests);
        assertEquals(0, run.exitCode, run.err);
        assertEquals(requests.length, run.answers.size());
        return run;
    }

    /** Runs requests. */
    static ScriptRun with(final Object[] args, final String... requests)
    {
        final CommandRun run = CommandRun.with(String.join("\n", requests) + '\n', args);
        return new ScriptRun(run.exitCode(), run.out().lines().toList(), run.err());
    }

    /** The n-th answer, from 0. */
    String answer(final int n)
    {
        return answers.get(n);
    }

    /** The statuses of the results of an answer. */
    List<String> statuses(final int n)
    {
        final List<String> statuses = new ArrayList<>();
        for (final JsonNode result : tree(n).required("results"))
        {
            statuses.add(result.required("status").asString());
        }
        return statuses;
    }

    /** The code of the error that an answer is. */
    String error(final int n)
    {
        return tree(n).required("error").required("code").asString();
    }

    /** What the error that an answer is says. */
    String message(final int n)
    {
        return tree(n).required("error").required("message").asString();
    }

    JsonNode tree(final int n)
    {
        return MAPPER.readTree(answers.get(n));
    }
}
