package io.seriatim.tools;

import java.util.List;

/**
 * A page that needs nothing but itself, to be looked at or printed: a title, facts, tables and drawings. It is
 * well-formed XML too.
 * <p>
 * Threads: confined to one.
 */
public final class HtmlPage implements StatementPage
{
    private static final String STYLE =
        "body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em;color:#111;" +
        "background:#fff}h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}" +
        "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}" +
        "th,td{padding:.25em .6em;text-align:right;border-bottom:1px solid #ddd}th{border-bottom:2px solid #888}" +
        "td:nth-child(2),td:nth-child(3),th:nth-child(2),th:nth-child(3){text-align:left}" +
        "dl{display:grid;grid-template-columns:max-content auto;gap:.2em 1.5em}dt{color:#555}dd{margin:0}" +
        ".bad{color:#b00020;font-weight:bold}.good{color:#00602b;font-weight:bold}" +
        "@media print{body{margin:0;max-width:none;font-size:10px}tr{page-break-inside:avoid}" +
        "thead{display:table-header-group}}";

    private final StringBuilder text = new StringBuilder();
    private boolean isInFacts;
    private boolean isInTable;

    HtmlPage(final String title)
    {
        this(title, "");
    }

    /**
     * A page with nothing but its title.
     *
     * @param title of it.
     * @param style added to that of every page.
     */
    public HtmlPage(final String title, final String style)
    {
        text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
            .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>")
            .append(escaped(title)).append("</title>\n<style>").append(STYLE).append(style)
            .append("</style>\n</head>\n<body>\n<h1>")
            .append(escaped(title)).append("</h1>\n");
    }

    /** A heading in the page. */
    public void heading(final String heading)
    {
        close();
        text.append("<h2>").append(escaped(heading)).append("</h2>\n");
    }

    /** What all comes to, or what has to be said loudly. */
    public void verdict(final boolean isGood, final String verdict)
    {
        close();
        text.append("<p class=\"").append(isGood ? "good" : "bad").append("\">").append(escaped(verdict))
            .append("</p>\n");
    }

    /** Words that explain. */
    public void paragraph(final String words)
    {
        close();
        text.append("<p>").append(escaped(words)).append("</p>\n");
    }

    /** A way to another page, beside this one. */
    public void link(final String words, final String target)
    {
        close();
        text.append("<p><a href=\"").append(escaped(target)).append("\">").append(escaped(words)).append("</a></p>\n");
    }

    /** Lines as they were printed. */
    public void lines(final String lines)
    {
        close();
        text.append("<pre>").append(escaped(lines)).append("</pre>\n");
    }

    /** A drawing, as SVG that is well-formed and has its text escaped. */
    public void drawing(final String svg)
    {
        close();
        text.append("<figure>\n").append(svg).append("</figure>\n");
    }

    @Override
    public void fact(final String name, final String value)
    {
        if (!isInFacts)
        {
            close();
            text.append("<dl>\n");
            isInFacts = true;
        }
        text.append("<dt>").append(escaped(name)).append("</dt><dd>").append(escaped(value)).append("</dd>\n");
    }

    @Override
    public void table(final List<String> columns)
    {
        close();
        text.append("<table>\n<thead><tr>");
        columns.forEach(column -> text.append("<th>").append(escaped(column)).append("</th>"));
        text.append("</tr></thead>\n<tbody>\n");
        isInTable = true;
    }

    @Override
    public void row(final Object... cells)
    {
        text.append("<tr>");
        for (final Object cell : cells)
        {
            text.append("<td>").append(escaped(String.valueOf(cell))).append("</td>");
        }
        text.append("</tr>\n");
    }

    @Override
    public String toString()
    {
        close();
        return text + "</body>\n</html>\n";
    }

    private void close()
    {
        text.append(isInFacts ? "</dl>\n" : "").append(isInTable ? "</tbody>\n</table>\n" : "");
        isInFacts = false;
        isInTable = false;
    }

    /** Text as it has to stand in a page, between tags or in an attribute. */
    public static String escaped(final String raw)
    {
        return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
