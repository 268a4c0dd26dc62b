package io.seriatim.bench;

import javax.imageio.ImageIO;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of measured points and of the curves that theory draws through them.
 * <p>
 * Threads: confined to one.
 */
final class Chart
{
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final int SCALE = 2;
    private static final int TICK_COUNT = 5;

    /** Of the logarithmic axes, x and y. */
    private static final double[] LOG_BASES = {4, 10};

    private static final Color[] COLORS = {new Color(0x1f5fa8), new Color(0xc0392b), new Color(0x2e8b57)};

    private record Series(String name, List<double[]> points, boolean isCurve)
    {
    }

    private final String title;
    private final String xName;
    private final String yName;
    private final boolean isLogarithmic;
    private final List<Series> series = new ArrayList<>();

    /**
     * Empty.
     *
     * @param title         above it.
     * @param xName         below it.
     * @param yName         beside it.
     * @param isLogarithmic whether both axes are, or none.
     */
    Chart(final String title, final String xName, final String yName, final boolean isLogarithmic)
    {
        this.title = title;
        this.xName = xName;
        this.yName = yName;
        this.isLogarithmic = isLogarithmic;
    }

    /** Points, each x and y. */
    Chart points(final String name, final List<double[]> points)
    {
        series.add(new Series(name, points, false));
        return this;
    }

    /** A curve through points. */
    Chart curve(final String name, final List<double[]> points)
    {
        series.add(new Series(name, points, true));
        return this;
    }

    /** As a PNG file. */
    byte[] png() throws IOException
    {
        final BufferedImage image =
            new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
        final Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(SCALE, SCALE);
        draw(graphics);
        graphics.dispose();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private void draw(final Graphics2D graphics)
    {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.setColor(Color.BLACK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        graphics.drawString(title, LEFT, TOP / 2);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        graphics.drawString(xName, LEFT, HEIGHT - BOTTOM / 3);
        graphics.drawString(yName, 8, TOP - 8);
        drawAxes(graphics);
        for (int i = 0; i < series.size(); i++)
        {
            graphics.setColor(COLORS[i % COLORS.length]);
            drawSeries(graphics, series.get(i));
            final int y = isLogarithmic ? HEIGHT - BOTTOM - 12 - 16 * (series.size() - 1 - i) : TOP + 16 * i + 18;
            graphics.drawString(series.get(i).name(), WIDTH - RIGHT - 230, y);
        }
    }

    private void drawAxes(final Graphics2D graphics)
    {
        for (final double tick : ticks(0))
        {
            final int x = (int)(LEFT + share(tick, 0) * (WIDTH - LEFT - RIGHT));
            graphics.setColor(Color.LIGHT_GRAY);
            graphics.drawLine(x, TOP, x, HEIGHT - BOTTOM);
            graphics.setColor(Color.DARK_GRAY);
            graphics.drawString(number(tick), x - 10, HEIGHT - BOTTOM + 16);
        }
        for (final double tick : ticks(1))
        {
            final int y = (int)(HEIGHT - BOTTOM - share(tick, 1) * (HEIGHT - TOP - BOTTOM));
            graphics.setColor(Color.LIGHT_GRAY);
            graphics.drawLine(LEFT, y, WIDTH - RIGHT, y);
            graphics.setColor(Color.DARK_GRAY);
            graphics.drawString(number(tick), 30, y + 4);
        }
    }

    private List<Double> ticks(final int axis)
    {
        final List<Double> ticks = new ArrayList<>();
        if (isLogarithmic)
        {
            for (double tick = min(axis); tick <= max(axis) * 1.001; tick *= LOG_BASES[axis])
            {
                ticks.add(tick);
            }
            return ticks;
        }
        final double raw = max(axis) / TICK_COUNT;
        final double decade = Math.pow(10, Math.floor(Math.log10(raw)));
        final double step = decade * (raw / decade > 5 ? 10 : raw / decade > 2 ? 5 : raw / decade > 1 ? 2 : 1);
        for (double tick = 0; tick <= max(axis) * 1.001; tick += step)
        {
            ticks.add(tick);
        }
        return ticks;
    }

    private void drawSeries(final Graphics2D graphics, final Series each)
    {
        graphics.setStroke(new BasicStroke(1.5f));
        double[] before = null;
        for (final double[] point : each.points())
        {
            final double[] here = {
                LEFT + share(point[0], 0) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - share(point[1], 1) * (HEIGHT - TOP - BOTTOM)};
            if (!each.isCurve())
            {
                graphics.fillOval((int)here[0] - 4, (int)here[1] - 4, 8, 8);
            }
            else if (before != null)
            {
                graphics.drawLine((int)before[0], (int)before[1], (int)here[0], (int)here[1]);
            }
            before = here;
        }
    }

    private double share(final double value, final int axis)
    {
        final double min = min(axis);
        final double max = max(axis);
        return isLogarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
    }

    private double min(final int axis)
    {
        if (!isLogarithmic)
        {
            return 0;
        }
        final double least = series.stream().filter(Series::isCurve).flatMap(each -> each.points().stream())
            .mapToDouble(point -> point[axis]).min().orElse(1);
        return Math.pow(LOG_BASES[axis], Math.floor(Math.log(least) / Math.log(LOG_BASES[axis]) + 0.001));
    }

    private double max(final int axis)
    {
        return series.stream().flatMap(each -> each.points().stream())
            .mapToDouble(point -> point[axis]).max().orElse(1) * (isLogarithmic || axis == 0 ? 1 : 1.1);
    }

    private static String number(final double value)
    {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%.1f", value);
    }
}
