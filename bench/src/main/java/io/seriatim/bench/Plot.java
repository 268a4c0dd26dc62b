package io.seriatim.bench;

import io.seriatim.tools.HtmlPage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A drawing of curves, points and cells between two axes, as SVG whose colours are those of a page: light or dark.
 * <p>
 * Threads: confined to one.
 */
final class Plot
{
    /** For the page, or the file, that a plot stands in. */
    static final String STYLE =
        "svg{--ink:#222;--soft:#666;--grid:#e3e3e3;--paper:#fff;--bad:#f5d9a8;--c0:#1f5fa8;--c1:#c0392b;--c2:#2b8a4b;" +
        "--c3:#7d3fa0;--c4:#b36b00;--c5:#00808a;--c6:#a02c6b;--c7:#5b6470;" +
        "--h1:#e4eefa;--h2:#c6dbf2;--h3:#9fc4e8;--h4:#74a9d8;--h5:#4a8cc4;--h6:#2c6eab;--h7:#1a508a;--h8:#0b2e57;" +
        "display:block;width:100%;height:auto;font:12px system-ui,sans-serif}" +
        "@media screen and (prefers-color-scheme:dark){svg{--ink:#e6e6e6;--soft:#a5a5a5;--grid:#3a3d42;" +
        "--paper:#17191c;--bad:#57431c;--c0:#6fb1f5;--c1:#ff8a7a;--c2:#6fd08c;--c3:#cf9af0;--c4:#f0b455;" +
        "--c5:#4fd0d8;--c6:#f288bd;--c7:#b4bcc6;" +
        "--h1:#1d2f45;--h2:#204468;--h3:#245c8e;--h4:#2f79b3;--h5:#4b98cd;--h6:#7db8e0;--h7:#b4d8ef;--h8:#eef8ff}}" +
        "svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .title{font-weight:600;font-size:14px}" +
        "svg .grid{stroke:var(--grid);fill:none}svg .axis{stroke:var(--soft);fill:none}svg .bad{fill:var(--bad)}" +
        "svg .curve{fill:none;stroke-width:1.8;stroke-linejoin:round}svg .dashed{stroke-dasharray:5 3}" +
        "svg .hollow{fill:var(--paper)}svg .box{fill-opacity:.18;stroke:none}svg .rule{stroke:var(--ink);" +
        "stroke-dasharray:2 3;fill:none}svg .goal{stroke:var(--ink);stroke-width:2.2;fill:none}" +
        "svg .paper{fill:var(--paper)}svg .cross{fill:none;stroke-width:1.8}svg .words{stroke:var(--paper);" +
        "stroke-width:4px;paint-order:stroke}" + colors();

    private static final int COLOR_COUNT = 8;
    private static final int WIDTH = 960;
    private static final int LEFT = 76;
    private static final int RIGHT = 34;
    private static final int BOTTOM = 50;
    private static final int TITLE = 30;
    private static final int LEGEND_LINE = 18;
    private static final int LEGEND_MARK = 28;

    /** More than most signs are wide: no sign is measured. */
    private static final double SIGN_WIDTH = 6.9;

    private final String title;
    private final Scale x;
    private final String xName;
    private final Scale y;
    private final String yName;
    private final int height;
    private final StringBuilder below = new StringBuilder();
    private final StringBuilder above = new StringBuilder();
    private final List<String[]> legend = new ArrayList<>();

    /**
     * What a point is drawn as.
     */
    enum Mark
    {
        FULL,
        HOLLOW,
        CROSS
    }

    /**
     * How something looks.
     *
     * @param color    its number.
     * @param isDashed if it is a curve.
     */
    record Look(int color, boolean isDashed)
    {
        private String stroke()
        {
            return "s" + color % COLOR_COUNT + (isDashed ? " dashed" : "");
        }

        private String fill()
        {
            return "f" + color % COLOR_COUNT;
        }
    }

    /**
     * Axes with nothing between them.
     *
     * @param title  above.
     * @param x      axis from left to right.
     * @param xName  what it shows, and the unit.
     * @param y      axis from bottom to top.
     * @param yName  what it shows, and the unit.
     * @param height of the field between the axes; the width is {@link #fieldWidth()}.
     */
    Plot(
        final String title,
        final Scale x,
        final String xName,
        final Scale y,
        final String yName,
        final int height)
    {
        this.title = title;
        this.x = x;
        this.xName = xName;
        this.y = y;
        this.yName = yName;
        this.height = height;
    }

    static int fieldWidth()
    {
        return WIDTH - LEFT - RIGHT;
    }

    /** A curve through points, each x and y; a point that is not a number breaks it. */
    Plot curve(final String name, final Look look, final List<double[]> points)
    {
        final StringBuilder path = new StringBuilder();
        boolean isBroken = true;
        for (final double[] point : points)
        {
            final boolean isPoint = Double.isFinite(point[0]) && Double.isFinite(point[1]);
            if (isPoint)
            {
                path.append(isBroken ? 'M' : 'L').append(number(left(point[0]))).append(' ')
                    .append(number(top(point[1])));
            }
            isBroken = !isPoint;
        }
        above.append(String.format("<path class=\"curve %s\" d=\"%s\"/>%n", look.stroke(), path));
        return name.isEmpty() ? this : legend("<path class=\"curve " + look.stroke() + "\" d=\"M0 0H22\"/>", name);
    }

    /**
     * A point.
     *
     * @param look   its colour.
     * @param mark   its form.
     * @param pointX where it is.
     * @param pointY where it is.
     * @param text   shown when it is pointed at.
     */
    Plot point(final Look look, final Mark mark, final double pointX, final double pointY, final String text)
    {
        above.append(String.format(
            "<g><title>%s</title>%s</g>%n", HtmlPage.escaped(text), dot(look, mark, left(pointX), top(pointY))));
        return this;
    }

    /** What a kind of points is, for the legend. */
    Plot pointLegend(final String name, final Look look, final Mark mark)
    {
        return legend(dot(look, mark, 11, 0), name);
    }

    /** A field behind everything, from one x to another. */
    Plot band(final double fromX, final double toX)
    {
        below.append(rectangle("bad", left(fromX), 0, Math.max(1, left(toX) - left(fromX)), height));
        return this;
    }

    Plot bandLegend(final String name)
    {
        return legend("<rect class=\"bad\" x=\"0\" y=\"-6\" width=\"22\" height=\"12\"/>", name);
    }

    /** A field of one colour. */
    Plot box(final Look look, final double fromX, final double toX, final double fromY, final double toY)
    {
        below.append(rectangle(
            "box " + look.fill(), left(fromX), top(toY), left(toX) - left(fromX),
            Math.max(1, top(fromY) - top(toY))));
        return this;
    }

    Plot boxLegend(final String name, final Look look)
    {
        return legend("<rect class=\"box " + look.fill() + "\" x=\"0\" y=\"-6\" width=\"22\" height=\"12\"/>", name);
    }

    /** A level line: a goal, or where nothing differs. */
    Plot level(final boolean isGoal, final double fromX, final double toX, final double atY)
    {
        above.append(String.format(
            "<path class=\"%s\" d=\"M%s %sH%s\"/>%n", isGoal ? "goal" : "rule", number(left(fromX)),
            number(top(atY)), number(left(toX))));
        return this;
    }

    Plot levelLegend(final String name, final boolean isGoal)
    {
        return legend("<path class=\"" + (isGoal ? "goal" : "rule") + "\" d=\"M0 0H22\"/>", name);
    }

    /** Words in the field, from a place to the right. */
    Plot words(final double atX, final double atY, final String words)
    {
        above.append(text("words", left(atX), top(atY) - 6, "start", words));
        return this;
    }

    /**
     * Cells of one level of a heat map.
     *
     * @param level from 1 to {@link HeatMap#LEVEL_COUNT}.
     * @param cells each x, y, greater x and greater y.
     */
    Plot cells(final int level, final List<double[]> cells)
    {
        final StringBuilder path = new StringBuilder();
        for (final double[] cell : cells)
        {
            // A little too much, so that no line is seen between neighbours.
            path.append('M').append(number(left(cell[0]))).append(' ').append(number(top(cell[3])))
                .append('h').append(number(Math.max(1, left(cell[2]) - left(cell[0]) + 0.2)))
                .append('v').append(number(top(cell[1]) - top(cell[3]) + 0.2))
                .append('H').append(number(left(cell[0]))).append('z');
        }
        above.append(String.format("<path class=\"h%d\" d=\"%s\"/>%n", level, path));
        return this;
    }

    /** The levels of a heat map, least and most named. */
    Plot cellLegend(final String least, final String most)
    {
        for (int level = 1; level <= HeatMap.LEVEL_COUNT; level++)
        {
            legend.add(new String[] {
                "<rect class=\"h" + level + "\" x=\"0\" y=\"-6\" width=\"22\" height=\"12\"/>",
                level == 1 ? least : level == HeatMap.LEVEL_COUNT ? most : ""});
        }
        return this;
    }

    private Plot legend(final String mark, final String name)
    {
        legend.add(new String[] {mark, name});
        return this;
    }

    /** As part of a page that has {@link #STYLE}. */
    String svg()
    {
        return svg("");
    }

    /** As a file of its own. */
    String file()
    {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg(" xmlns=\"http://www.w3.org/2000/svg\"");
    }

    private String svg(final String namespace)
    {
        final StringBuilder marks = new StringBuilder();
        final int fieldTop = TITLE + 6 + drawLegend(marks);
        final int full = fieldTop + height + BOTTOM;
        final StringBuilder svg = new StringBuilder(String.format(
            "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n<title>%s</title>%n", namespace, WIDTH, full,
            HtmlPage.escaped(title + "; x: " + xName + "; y: " + yName), HtmlPage.escaped(title)));
        if (!namespace.isEmpty())
        {
            svg.append("<style>").append(STYLE).append("</style>\n").append(rectangle("paper", 0, 0, WIDTH, full));
        }
        svg.append(text("title", LEFT, 18, "start", title)).append(marks);
        svg.append(String.format("<g transform=\"translate(%d %d)\">%n", LEFT, fieldTop)).append(below);
        drawAxes(svg);
        svg.append(above).append("</g>\n</svg>\n");
        return svg.toString();
    }

    private void drawAxes(final StringBuilder svg)
    {
        double freeFrom = -LEFT;
        for (final Scale.Tick tick : x.ticks())
        {
            final double at = tick.share() * fieldWidth();
            svg.append(String.format("<path class=\"grid\" d=\"M%s 0V%d\"/>%n", number(at), height));
            final double half = tick.label().length() * SIGN_WIDTH / 2;
            if (at - half >= freeFrom)
            {
                svg.append(text("", at, height + 18, "middle", tick.label()));
                freeFrom = at + half + SIGN_WIDTH;
            }
        }
        for (final Scale.Tick tick : y.ticks())
        {
            final double at = (1 - tick.share()) * height;
            svg.append(String.format("<path class=\"grid\" d=\"M0 %sH%d\"/>%n", number(at), fieldWidth()))
                .append(text("", -8, at + 4, "end", tick.label()));
        }
        svg.append(String.format("<path class=\"axis\" d=\"M0 0V%dH%d\"/>%n", height, fieldWidth()))
            .append(text("soft", fieldWidth() / 2.0, height + 40, "middle", xName))
            .append(String.format("<g transform=\"translate(-62 %d) rotate(-90)\">", height / 2))
            .append(text("soft", 0, 0, "middle", yName)).append("</g>\n");
    }

    /** Draws it in as many lines as it needs, and says how high they are. */
    private int drawLegend(final StringBuilder svg)
    {
        double at = LEFT;
        int line = 0;
        for (final String[] entry : legend)
        {
            final double width = LEGEND_MARK + (entry[1].isEmpty() ? -6 : entry[1].length() * SIGN_WIDTH + 16);
            if (at + width > WIDTH && at > LEFT)
            {
                at = LEFT;
                line++;
            }
            svg.append(String.format(
                "<g transform=\"translate(%s %d)\">%s%s</g>%n", number(at), TITLE + 8 + line * LEGEND_LINE, entry[0],
                entry[1].isEmpty() ? "" : text("", LEGEND_MARK, 4, "start", entry[1])));
            at += width;
        }
        return legend.isEmpty() ? 0 : (line + 1) * LEGEND_LINE;
    }

    private double left(final double value)
    {
        return x.share(value) * fieldWidth();
    }

    private double top(final double value)
    {
        return (1 - y.share(value)) * height;
    }

    private static String dot(final Look look, final Mark mark, final double left, final double top)
    {
        return mark == Mark.CROSS ?
            String.format("<path class=\"cross %s\" d=\"M%s %sl8 8m0 -8l-8 8\"/>",
                look.stroke(), number(left - 4), number(top - 4)) :
            String.format("<circle class=\"%s %s\" cx=\"%s\" cy=\"%s\" r=\"4\"/>",
                look.stroke(), mark == Mark.HOLLOW ? "hollow" : look.fill(), number(left), number(top));
    }

    private static String rectangle(
        final String kind, final double left, final double top, final double width, final double high)
    {
        return String.format("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>%n", kind, number(left),
            number(top), number(width), number(high));
    }

    private static String text(
        final String kind, final double left, final double top, final String anchor, final String text)
    {
        return text.isEmpty() ? "" : String.format(
            "<text%s x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n", kind.isEmpty() ? "" : " class=\"" + kind + '"',
            number(left), number(top), anchor, HtmlPage.escaped(text));
    }

    private static String number(final double value)
    {
        final String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String colors()
    {
        final StringBuilder style = new StringBuilder();
        for (int i = 0; i < COLOR_COUNT; i++)
        {
            style.append(String.format("svg .s%d{stroke:var(--c%d)}svg .f%d{fill:var(--c%d)}", i, i, i, i));
        }
        for (int i = 1; i <= HeatMap.LEVEL_COUNT; i++)
        {
            style.append(String.format("svg .h%d{fill:var(--h%d)}", i, i));
        }
        return style.toString();
    }
}
