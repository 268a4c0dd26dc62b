package io.seriatim.tools;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks with an engine on a terminal: a prompt, a history, completion, and tables for answers.
 * <p>
 * Threads: confined to one.
 */
final class ScriptRepl
{
    private static final String HELP = "help";
    private static final String JSON = "\\json";
    private static final String TABLE = "\\table";
    private static final List<String> COMMANDS = List.of(HELP, "quit", JSON, TABLE);

    private final ScriptSession session;
    private final ScriptSyntax syntax;
    private final boolean isLookingUp;
    private final PrintWriter out;
    private final LineReader reader;
    private final JsonMapper mapper = new JsonMapper();
    private final AnswerTables tables;
    private final Map<String, AnswerTables.Definition> definitions = new HashMap<>();
    private boolean isJson;

    /**
     * A conversation.
     *
     * @param session     that answers.
     * @param terminal    to speak on; it is not closed.
     * @param historyFile that keeps what was typed; null to keep nothing.
     * @param isLookingUp whether definitions of ledgers may be looked up when a table needs them. Under a manual clock
     *                    they may not, because a look-up takes a timestamp: then those that were defined here count.
     */
    ScriptRepl(
        final ScriptSession session, final Terminal terminal, final Path historyFile, final boolean isLookingUp)
    {
        this.session = session;
        this.isLookingUp = isLookingUp;
        syntax = new ScriptSyntax(session.requests());
        out = terminal.writer();
        tables = new AnswerTables(out, this::definition);
        final DefaultParser parser = new DefaultParser();
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[0]);
        final LineReaderBuilder builder = LineReaderBuilder.builder()
            .appName("seriatim")
            .terminal(terminal)
            .parser(parser)
            .completer((lineReader, line, candidates) -> complete(line, candidates))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
        if (historyFile != null)
        {
            builder.variable(LineReader.HISTORY_FILE, historyFile);
        }
        reader = builder.build();
    }

    /** Speaks until the user has enough, or the engine has stopped. */
    void run()
    {
        out.println("help lists what can be asked for, Tab completes, quit ends");
        while (!session.isStopped())
        {
            try
            {
                final String line = reader.readLine("seriatim> ").strip();
                if (line.equals("quit") || line.equals("exit"))
                {
                    return;
                }
                if (!line.isEmpty())
                {
                    take(line);
                    out.flush();
                }
            }
            catch (final UserInterruptException e)
            {
                // The line is given up, as in a shell.
            }
            catch (final EndOfFileException e)
            {
                return;
            }
        }
    }

    private void take(final String line)
    {
        if (line.equals(JSON) || line.equals(TABLE))
        {
            isJson = line.equals(JSON);
        }
        else if (line.equals(HELP) || line.startsWith(HELP + ' '))
        {
            help(line.substring(HELP.length()).strip());
        }
        else
        {
            try
            {
                final String request = syntax.toJson(line);
                show(request, session.answer(request));
            }
            catch (final JsonRequestException e)
            {
                out.println(e.code().label() + ": " + e.getMessage());
            }
        }
    }

    private void show(final String request, final String answer)
    {
        if (isJson)
        {
            out.println(answer);
            return;
        }
        final JsonNode answered = mapper.readTree(answer);
        if (answered.has("error"))
        {
            tables.print(answered, null);
            return;
        }
        final JsonNode asked = mapper.readTree(request);
        final JsonOp op = JsonOp.of(asked.required(JsonRequests.OP).asString());
        if (op == JsonOp.DEFINE_LEDGER)
        {
            definitions.put(
                asked.required("ledger").asString(),
                new AnswerTables.Definition(asked.required("asset_code").asString(), asked.path("scale").asInt(0)));
        }
        tables.print(
            asked.has("events") ? withIds(answered, asked) : answered,
            op == JsonOp.GET_ACCOUNT_BALANCES ? ledgerOf(asked) : null);
    }

    /** Results say what they answer by their place only; people do not count. */
    private JsonNode withIds(final JsonNode answered, final JsonNode asked)
    {
        final ObjectNode tabled = mapper.createObjectNode();
        final ArrayNode results = tabled.putArray("results");
        for (int i = 0; i < asked.required("events").size(); i++)
        {
            final JsonNode id = asked.required("events").get(i).path("id");
            results.addObject()
                .put("id", id.isMissingNode() ? "0" : id.asString())
                .setAll((ObjectNode) answered.required("results").get(i));
        }
        return tabled;
    }

    /** Balances do not say in which ledger they are, but their account does. */
    private String ledgerOf(final JsonNode asked)
    {
        if (!isLookingUp || !asked.required("filter").has("account_id"))
        {
            return null;
        }
        final ObjectNode lookup = mapper.createObjectNode();
        lookup.put(JsonRequests.OP, JsonOp.LOOKUP_ACCOUNTS.label());
        lookup.putArray("ids").add(asked.required("filter").required("account_id"));
        for (final String name : List.of("shard", "ledger"))
        {
            if (asked.has(name))
            {
                lookup.set(name, asked.required(name));
            }
        }
        final JsonNode accounts = mapper.readTree(session.answer(lookup.toString())).path("accounts");
        return accounts.isEmpty() ? null : accounts.get(0).required("ledger").asString();
    }

    private AnswerTables.Definition definition(final String ledger)
    {
        if (!definitions.containsKey(ledger) && isLookingUp && !ledger.equals("0"))
        {
            final JsonNode found = mapper.readTree(session.answer(
                "{\"op\":\"lookup_ledgers\",\"ledgers\":[" + ledger + "]}")).path("ledgers");
            definitions.put(ledger, found.isEmpty() ? null : new AnswerTables.Definition(
                found.get(0).required("asset_code").asString(), found.get(0).required("scale").asInt()));
        }
        return definitions.get(ledger);
    }

    private void help(final String label)
    {
        final JsonOp asked = JsonOp.of(label);
        if (asked == null)
        {
            if (!label.isEmpty())
            {
                out.println("no such operation: " + label);
            }
            for (final JsonOp op : JsonOp.values())
            {
                out.println(String.format(Locale.ROOT, "  %-25s%s", op.label(), op.description()));
            }
            out.println("Type one with its fields, or a request in JSON; help OP shows the fields and an example.");
            out.println("\\json shows answers in JSON, \\table in tables; quit, or Ctrl-D, ends.");
            return;
        }
        out.println(asked.description());
        out.println("fields: " + String.join(" ", session.requests().fieldNames(asked)));
        final List<String> inner = session.requests().innerFieldNames(asked);
        if (!inner.isEmpty())
        {
            out.println("of " + session.requests().fieldNames(asked).stream()
                .filter(name -> name.equals("events") || name.equals("filter")).findFirst().orElseThrow() + ": " +
                String.join(" ", inner));
        }
        final List<String> flags = flags(asked);
        if (!flags.isEmpty())
        {
            out.println("flags: " + String.join(" ", flags));
        }
        out.println("example: " + asked.label() + ' ' + asked.example());
    }

    private static List<String> flags(final JsonOp op)
    {
        switch (op)
        {
            case CREATE_ACCOUNTS:
                return FlagNames.ACCOUNT.names();
            case CREATE_TRANSFERS:
                return FlagNames.TRANSFER.names();
            case GET_ACCOUNT_TRANSFERS:
                return FlagNames.ACCOUNT_FILTER.names();
            case GET_ACCOUNT_BALANCES:
                return FlagNames.BALANCE_FILTER.names();
            case QUERY_ACCOUNTS:
            case QUERY_TRANSFERS:
            case QUERY_PENDING:
                return FlagNames.QUERY_FILTER.names();
            default:
                return List.of();
        }
    }

    /** What may stand where the cursor is. */
    void complete(final ParsedLine line, final List<Candidate> candidates)
    {
        if (line.wordIndex() == 0 || line.wordIndex() == 1 && line.words().get(0).equals(HELP))
        {
            JsonRequests.opLabels().forEach(label -> candidates.add(candidate(label, true)));
            if (line.wordIndex() == 0)
            {
                COMMANDS.forEach(command -> candidates.add(candidate(command, true)));
            }
            return;
        }
        final JsonOp op = JsonOp.of(line.words().get(0));
        if (op == null)
        {
            return;
        }
        final String word = line.word().substring(0, line.wordCursor());
        if (word.startsWith("flags="))
        {
            final int last = Math.max(word.indexOf('='), Math.max(word.lastIndexOf('|'), word.lastIndexOf(',')));
            flags(op).forEach(flag -> candidates.add(candidate(word.substring(0, last + 1) + flag, false)));
        }
        else if (word.indexOf('=') < 0)
        {
            final List<String> names = new ArrayList<>(session.requests().fieldNames(op));
            names.removeAll(List.of("events", "filter", "ids", "ledgers"));
            session.requests().innerFieldNames(op).stream().filter(name -> !names.contains(name)).forEach(names::add);
            names.forEach(name -> candidates.add(candidate(name + '=', false)));
        }
        else if (word.startsWith("kind="))
        {
            List.of("account", "transfer").forEach(kind -> candidates.add(candidate("kind=" + kind, true)));
        }
        else if (word.startsWith("state="))
        {
            List.of("pending", "posted", "voided", "expired")
                .forEach(state -> candidates.add(candidate("state=" + state, true)));
        }
    }

    /** A complete word is followed by a blank. */
    private static Candidate candidate(final String value, final boolean isComplete)
    {
        return new Candidate(value, value, null, null, null, null, isComplete);
    }
}
