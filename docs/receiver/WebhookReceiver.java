import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Takes signed entries, tells gaps and repeats: java WebhookReceiver.java PORT SECRET-FILE SEEN-FILE */
public class WebhookReceiver
{
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"([^\"]*)\"|(\\d+|null))");

    public static void main(final String[] args) throws Exception
    {
        final byte[] secret = Files.readAllBytes(Path.of(args[1]));
        final Path seen = Path.of(args[2]);
        final Map<String, Long> last = new HashMap<>();
        for (final String line : Files.exists(seen) ? Files.readAllLines(seen) : List.<String>of())
        {
            last.merge(line.split(" ")[0], Long.valueOf(line.split(" ")[1]), Math::max);
        }
        final HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
        server.createContext("/", exchange ->
        {
            final byte[] body = exchange.getRequestBody().readAllBytes();
            final int status = isSigned(exchange.getRequestHeaders().getFirst("Seriatim-Signature"), body, secret) ?
                take(new String(body, "UTF-8"), last, seen) : 401;
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    private static boolean isSigned(final String header, final byte[] body, final byte[] secret)
    {
        final Matcher parts =
            Pattern.compile("t=(\\d{1,12}),v1=(\\p{XDigit}{64})").matcher(header == null ? "" : header);
        if (!parts.matches() || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(parts.group(1))) > 300)
        {
            return false;
        }
        try
        {
            final Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((parts.group(1) + ".").getBytes("UTF-8"));
            return MessageDigest.isEqual(mac.doFinal(body), HexFormat.of().parseHex(parts.group(2)));
        }
        catch (final Exception ex)
        {
            return false;
        }
    }

    /** 200 if the entry follows on the last one of its accounts, or was seen; 409 if one in between is missing. */
    private static int take(final String json, final Map<String, Long> last, final Path seen) throws IOException
    {
        final Map<String, String> fields = new HashMap<>();
        final Matcher matcher = FIELD.matcher(json);
        while (matcher.find())
        {
            fields.put(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
        }
        final long sequence = Long.parseLong(fields.get("sequence"));
        final StringBuilder lines = new StringBuilder();
        for (final String side : new String[] {"debit", "credit"})
        {
            final String account = fields.get("shard") + "/" + fields.get(side + "_account");
            final String previous = fields.get("previous_" + side + "_sequence");
            final long expected = previous == null || previous.equals("null") ? -1 : Long.parseLong(previous);
            final long found = last.getOrDefault(account, -1L);
            if (!fields.containsKey(side + "_account"))
            {
                continue;
            }
            if (found >= sequence)
            {
                System.out.println("repeat " + account + " " + sequence);
                continue;
            }
            if (found != expected)
            {
                System.out.println("gap " + account + ": last=" + found + ", previous of " + sequence + "=" + expected);
                return 409;
            }
            lines.append(account).append(' ').append(sequence).append('\n');
        }
        Files.writeString(seen, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        lines.toString().lines().forEach(line -> last.put(line.split(" ")[0], Long.valueOf(line.split(" ")[1])));
        return 200;
    }
}
