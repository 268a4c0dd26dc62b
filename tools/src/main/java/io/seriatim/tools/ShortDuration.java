package io.seriatim.tools;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time as a person writes it: {@code 10ms}, {@code 0.5s}, {@code 250us}.
 */
final class ShortDuration implements ITypeConverter<Long>
{
    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s)");

    /** In nanoseconds. */
    @Override
    public Long convert(final String text)
    {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches())
        {
            throw new TypeConversionException(
                "not a time: '" + text + "'; allowed is a number with ns, us, ms or s, such as 10ms");
        }
        final TimeUnit unit = switch (matcher.group(2))
        {
            case "ns" -> TimeUnit.NANOSECONDS;
            case "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            default -> TimeUnit.SECONDS;
        };
        return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit.toNanos(1))).longValue();
    }
}
