package io.seriatim.tools;

import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pages to be printed, as a PDF file that brings its font: a title and facts, and a table whose heads stand on every
 * page. A column is as wide as its widest cell if all fit beside each other; else the widest ones are narrowed and
 * their cells go over several lines, so that nothing is cut. The same content gives the same bytes.
 * <p>
 * Shape: all rows in memory. Lengths are in points, of which an inch has 72, counted from the lower left corner.<br>
 * Threads: confined to one.
 */
final class PdfPages implements StatementPage
{
    /** The one font that comes with the library. */
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    private static final PDRectangle PAPER =
        new PDRectangle(PDRectangle.A4.getHeight(), PDRectangle.A4.getWidth());

    private static final float MARGIN = 36;
    private static final float TABLE_WIDTH = PAPER.getWidth() - 2 * MARGIN;
    private static final float TITLE_SIZE = 14;
    private static final float FACT_SIZE = 9;
    private static final float FACT_LEADING = 13;
    private static final float FACT_NAME_WIDTH = 110;
    private static final float CELL_SIZE = 7;
    private static final float CELL_LEADING = 9;
    private static final float CELL_PADDING = 3;
    private static final float ROW_PADDING = 3;
    private static final float BLACK = 0;
    private static final float GREY = 0.4f;
    private static final float LIGHT = 0.8f;

    private static final int ASCII_COUNT = 128;
    private static final char BLANK = ' ';
    private static final char TILDE = '~';

    private final String title;
    private final int leftColumnCount;
    private final List<String[]> facts = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();
    private final float[] characterWidths = new float[ASCII_COUNT];
    private String[] heads;
    private PDFont font;
    private float[] widths;

    /** Rows of one page, each with the lines of its cells. */
    private record Sheet(boolean isFirst, List<List<List<String>>> rows)
    {
    }

    /**
     * Pages without content.
     *
     * @param title           of the document.
     * @param leftColumnCount how many columns of the table, from the first, are of text and stand on the left.
     */
    PdfPages(final String title, final int leftColumnCount)
    {
        this.title = title;
        this.leftColumnCount = leftColumnCount;
    }

    @Override
    public void fact(final String name, final String value)
    {
        facts.add(new String[] {name, value});
    }

    @Override
    public void table(final List<String> columns)
    {
        heads = columns.toArray(new String[0]);
    }

    @Override
    public void row(final Object... cells)
    {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
    }

    /**
     * All of it.
     *
     * @return a PDF file.
     */
    byte[] toBytes() throws IOException
    {
        try (PDDocument document = new PDDocument();
            InputStream resource = PDDocument.class.getResourceAsStream(FONT);
            TrueTypeFont trueType = new TTFParser().parse(new RandomAccessReadBuffer(resource)))
        {
            // There are no ligatures in numbers, and looking for them took most of the time.
            trueType.setEnableGsub(false);
            font = PDType0Font.load(document, trueType, true);
            for (char character = BLANK; character <= TILDE; character++)
            {
                characterWidths[character] = font.getStringWidth(Character.toString(character)) / 1_000 * CELL_SIZE;
            }
            widths = widths();
            final List<Sheet> sheets = sheets();
            for (int i = 0; i < sheets.size(); i++)
            {
                final PDPage page = new PDPage(PAPER);
                document.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(document, page))
                {
                    draw(content, sheets.get(i), "page " + (i + 1) + " of " + sheets.size());
                }
            }
            document.getDocumentInformation().setTitle(title);
            document.getDocumentInformation().setCreator("seriatim");
            // Else it is drawn from the clock.
            document.setDocumentId((long)title.hashCode());
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        }
    }

    /** Widths of the columns, which fill the table: too wide ones share what the narrow ones leave. */
    private float[] widths()
    {
        final float[] wanted = new float[heads.length];
        for (int column = 0; column < heads.length; column++)
        {
            wanted[column] = width(heads[column]);
            for (final String[] row : rows)
            {
                wanted[column] = Math.max(wanted[column], width(row[column]));
            }
            wanted[column] += 2 * CELL_PADDING;
        }
        float left = TABLE_WIDTH;
        final float[] sorted = wanted.clone();
        Arrays.sort(sorted);
        float widest = Float.MAX_VALUE;
        for (int i = 0; i < sorted.length && widest == Float.MAX_VALUE; i++)
        {
            final float share = left / (sorted.length - i);
            if (sorted[i] > share)
            {
                widest = share;
            }
            left -= sorted[i];
        }
        final float spare = widest == Float.MAX_VALUE ? left / wanted.length : 0;
        for (int column = 0; column < wanted.length; column++)
        {
            wanted[column] = Math.min(wanted[column], widest) + spare;
        }
        return wanted;
    }

    /** Width of a cell's text, which is printable ASCII as all that ledgers hold. */
    private float width(final String text)
    {
        float width = 0;
        for (int i = 0; i < text.length(); i++)
        {
            width += characterWidths[text.charAt(i)];
        }
        return width;
    }

    private List<Sheet> sheets()
    {
        final List<Sheet> sheets = new ArrayList<>();
        Sheet sheet = new Sheet(true, new ArrayList<>());
        sheets.add(sheet);
        float left = top(true) - bottom();
        for (final String[] row : rows)
        {
            final List<List<String>> cells = new ArrayList<>();
            for (int column = 0; column < row.length; column++)
            {
                cells.add(lines(row[column], widths[column] - 2 * CELL_PADDING));
            }
            if (height(cells) > left)
            {
                sheet = new Sheet(false, new ArrayList<>());
                sheets.add(sheet);
                left = top(false) - bottom();
            }
            sheet.rows().add(cells);
            left -= height(cells);
        }
        return sheets;
    }

    /** A text, broken where the column ends: digits have no better place. */
    private List<String> lines(final String text, final float columnWidth)
    {
        // A little more than the width, which may have been this text's, with the padding added and taken away.
        final float bound = columnWidth + 0.01f;
        if (width(text) <= bound)
        {
            return List.of(text);
        }
        final List<String> lines = new ArrayList<>();
        int start = 0;
        float length = 0;
        for (int i = 0; i < text.length(); i++)
        {
            final float width = characterWidths[text.charAt(i)];
            if (i > start && length + width > bound)
            {
                lines.add(text.substring(start, i));
                start = i;
                length = 0;
            }
            length += width;
        }
        lines.add(text.substring(start));
        return lines;
    }

    private static float height(final List<List<String>> cells)
    {
        return ROW_PADDING + CELL_LEADING * cells.stream().mapToInt(List::size).max().orElse(1);
    }

    /** Where the first row of a page begins, below the heads. */
    private float top(final boolean isFirst)
    {
        return PAPER.getHeight() - MARGIN - CELL_LEADING - ROW_PADDING -
            (isFirst ? TITLE_SIZE + FACT_LEADING * (facts.size() + 2) : 0);
    }

    private static float bottom()
    {
        return MARGIN + 2 * CELL_LEADING;
    }

    private void draw(final PDPageContentStream content, final Sheet sheet, final String pageNumber)
        throws IOException
    {
        if (sheet.isFirst())
        {
            float y = PAPER.getHeight() - MARGIN - TITLE_SIZE;
            show(content, title, MARGIN, y, TITLE_SIZE, BLACK);
            y -= FACT_LEADING;
            for (final String[] fact : facts)
            {
                y -= FACT_LEADING;
                show(content, fact[0], MARGIN, y, FACT_SIZE, GREY);
                show(content, fact[1], MARGIN + FACT_NAME_WIDTH, y, FACT_SIZE, BLACK);
            }
        }
        float y = top(sheet.isFirst());
        for (int column = 0; column < heads.length; column++)
        {
            showCell(content, List.of(heads[column]), column, y + CELL_LEADING + ROW_PADDING, GREY);
        }
        line(content, y, BLACK);
        for (final List<List<String>> cells : sheet.rows())
        {
            for (int column = 0; column < heads.length; column++)
            {
                showCell(content, cells.get(column), column, y, BLACK);
            }
            y -= height(cells);
            line(content, y, LIGHT);
        }
        show(content, title, MARGIN, MARGIN, CELL_SIZE, GREY);
        show(content, pageNumber, MARGIN + TABLE_WIDTH - width(pageNumber), MARGIN, CELL_SIZE, GREY);
    }

    private void showCell(
        final PDPageContentStream content,
        final List<String> lines,
        final int column,
        final float top,
        final float grey)
        throws IOException
    {
        float x = MARGIN;
        for (int i = 0; i < column; i++)
        {
            x += widths[i];
        }
        float y = top;
        for (final String line : lines)
        {
            y -= CELL_LEADING;
            final float indent = column < leftColumnCount ? CELL_PADDING :
                widths[column] - CELL_PADDING - width(line);
            show(content, line, x + indent, y, CELL_SIZE, grey);
        }
    }

    private void show(
        final PDPageContentStream content,
        final String text,
        final float x,
        final float y,
        final float size,
        final float grey)
        throws IOException
    {
        content.beginText();
        content.setFont(font, size);
        content.setNonStrokingColor(grey);
        content.newLineAtOffset(x, y);
        content.showText(text);
        content.endText();
    }

    private static void line(final PDPageContentStream content, final float y, final float grey) throws IOException
    {
        content.setLineWidth(0.5f);
        content.setStrokingColor(grey);
        content.moveTo(MARGIN, y);
        content.lineTo(MARGIN + TABLE_WIDTH, y);
        content.stroke();
    }
}
