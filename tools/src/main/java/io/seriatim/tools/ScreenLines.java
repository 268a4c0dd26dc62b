package io.seriatim.tools;

import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines of a screen, none longer than it is wide.
 * <p>
 * Threads: confined to one.
 */
final class ScreenLines
{
    /** Fewer columns are not drawn for. */
    static final int WIDTH_MIN = 60;

    static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
    static final AttributedStyle TITLE = AttributedStyle.BOLD;
    static final AttributedStyle GOOD = AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
    static final AttributedStyle BAD = AttributedStyle.BOLD.foreground(AttributedStyle.RED);

    private final List<AttributedString> lines = new ArrayList<>();
    private final int width;
    private final boolean isUnicode;

    /**
     * Without lines.
     *
     * @param columns   of the terminal; a narrower one than {@link #WIDTH_MIN} is not drawn for.
     * @param isUnicode whether blocks can be drawn.
     */
    ScreenLines(final int columns, final boolean isUnicode)
    {
        width = Math.max(WIDTH_MIN, columns);
        this.isUnicode = isUnicode;
    }

    /** How a figure looks that may be concerning. */
    static AttributedStyle badIf(final boolean isBad)
    {
        return isBad ? BAD : PLAIN;
    }

    int width()
    {
        return width;
    }

    List<AttributedString> all()
    {
        return lines;
    }

    void line(final String text)
    {
        line(text, PLAIN);
    }

    void line(final String text, final AttributedStyle style)
    {
        lines.add(new AttributedStringBuilder().style(style)
            .append(text.substring(0, Math.min(width, text.length())).stripTrailing()).toAttributedString());
    }

    void wrapped(final String head, final String text, final AttributedStyle style)
    {
        final StringBuilder rest = new StringBuilder(head);
        for (final String word : text.split(" "))
        {
            if (rest.length() + word.length() + 1 > width)
            {
                line(rest.toString().stripTrailing(), style);
                rest.setLength(0);
                rest.append(" ".repeat(head.length()));
            }
            rest.append(word).append(' ');
        }
        line(rest.toString().stripTrailing(), style);
    }

    void bar(final String head, final String text, final double share, final AttributedStyle style)
    {
        final int room = Math.min(40, width - 46);
        final int full = (int)Math.round(Math.max(0, Math.min(1, share)) * room);
        final String bar = (isUnicode ? "█" : "#").repeat(full) + (isUnicode ? "░" : ".").repeat(room - full);
        line(head + bar + " " + text, style);
    }
}
