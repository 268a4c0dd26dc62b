package io.seriatim.tools;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests as a person types them: the name of the operation, then {@code field=value} with blanks between. A field
 * goes where it belongs, into the events, the filter or the request itself; events end at a semicolon; ids may stand
 * alone. What such a request lacks and nobody can want to be missing is put in: the limit, and the sides of an account.
 * A line that begins with a brace is taken as it is.
 * <p>
 * Threads: confined to one.
 */
final class ScriptSyntax
{
    /** The limit of a filter that has none. */
    static final int LIMIT_DEFAULT = 50;

    private static final String FLAGS = "flags";
    private static final String LIMIT = "limit";
    private static final String FILTER = "filter";
    private static final String EVENTS = "events";

    private final JsonMapper mapper = new JsonMapper();
    private final JsonRequests requests;

    /**
     * The syntax.
     *
     * @param requests that knows which fields there are.
     */
    ScriptSyntax(final JsonRequests requests)
    {
        this.requests = requests;
    }

    /**
     * Makes JSON of a line.
     *
     * @param line as it was typed, not blank.
     * @return the request in JSON, to be judged by who reads it.
     * @throws JsonRequestException if the line can not be understood.
     */
    String toJson(final String line)
    {
        final String text = line.strip();
        if (text.startsWith("{"))
        {
            return text;
        }
        final String[] words = text.split("\\s+", 2);
        final JsonOp op = JsonOp.of(words[0]);
        if (op == null)
        {
            throw new JsonRequestException(
                JsonErrorCode.UNKNOWN_OP,
                "no such operation: found=" + InputException.shown(words[0]) + "; help lists them");
        }
        final ObjectNode request = mapper.createObjectNode();
        request.put(JsonRequests.OP, op.label());
        final String rest = words.length < 2 ? "" : words[1];
        final List<String> inner = requests.innerFieldNames(op);
        if (requests.fieldNames(op).contains(EVENTS))
        {
            readEvents(rest, op, inner, request);
        }
        else if (inner.isEmpty())
        {
            readFields(rest, op, List.of(), request, request);
        }
        else
        {
            readFilter(rest, op, inner, request);
        }
        return mapper.writeValueAsString(request);
    }

    private void readEvents(
        final String text, final JsonOp op, final List<String> inner, final ObjectNode request)
    {
        final ArrayNode events = request.putArray(EVENTS);
        for (final String event : text.split(";"))
        {
            if (!event.isBlank())
            {
                readFields(event, op, inner, events.addObject(), request);
            }
        }
    }

    private void readFilter(
        final String text, final JsonOp op, final List<String> inner, final ObjectNode request)
    {
        final ObjectNode filter = request.putObject(FILTER);
        readFields(text, op, inner, filter, request);
        if (!filter.has(LIMIT))
        {
            filter.put(LIMIT, LIMIT_DEFAULT);
        }
        if (inner.contains("account_id") && (!filter.has(FLAGS) || filter.get(FLAGS).isArray()))
        {
            final ArrayNode flags = filter.withArray(FLAGS);
            if (flags.isEmpty() || flags.size() == 1 && flags.get(0).asString().equals("reversed"))
            {
                flags.add("debits").add("credits");
            }
        }
    }

    private void readFields(
        final String text, final JsonOp op, final List<String> inner, final ObjectNode object, final ObjectNode request)
    {
        for (final String word : text.strip().split("\\s+"))
        {
            final int equals = word.indexOf('=');
            if (equals > 0)
            {
                final String name = word.substring(0, equals);
                final boolean isOuter = requests.fieldNames(op).contains(name) && !inner.contains(name);
                put(isOuter ? request : object, name, word.substring(equals + 1));
            }
            else if (!word.isEmpty())
            {
                putAlone(op, request, word);
            }
        }
    }

    private void put(final ObjectNode object, final String name, final String value)
    {
        if (object.has(name))
        {
            throw new JsonRequestException(JsonErrorCode.MALFORMED_JSON, "a field stands there twice: field=" + name);
        }
        if (name.equals(FLAGS) && !value.matches("[0-9]+"))
        {
            final ArrayNode flags = object.putArray(name);
            for (final String flag : value.split("[|,]"))
            {
                if (!flag.isEmpty())
                {
                    flags.add(flag);
                }
            }
        }
        else
        {
            object.put(name, value);
        }
    }

    /** A value without a name is one more id, or the one thing that is asked about. */
    private void putAlone(final JsonOp op, final ObjectNode request, final String value)
    {
        final List<String> fields = requests.fieldNames(op);
        final String first = fields.get(0);
        if (first.equals("ids") || first.equals("ledgers"))
        {
            if (request.has(first) && !request.get(first).isArray())
            {
                throw new JsonRequestException(
                    JsonErrorCode.MALFORMED_JSON, "a field stands there twice: field=" + first);
            }
            final ArrayNode ids = request.has(first) ? request.withArray(first) : request.putArray(first);
            for (final String id : value.split(","))
            {
                ids.add(id);
            }
        }
        else if (List.of("id", "sequence", "nanoseconds", "timestamp").contains(first) && !request.has(first))
        {
            request.put(first, value);
        }
        else
        {
            throw new JsonRequestException(
                JsonErrorCode.BAD_VALUE,
                "what is it? found=" + InputException.shown(value) + ", allowed=field=value; help " + op.label() +
                " shows an example");
        }
    }
}
