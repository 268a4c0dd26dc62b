package io.seriatim.sinks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends each entry to a durable queue of a broker that speaks AMQP 0-9-1, such as RabbitMQ, as JSON, persistent. An
 * entry counts as sent once the broker has confirmed it: until then it is kept here, and is sent again, with all that
 * came after it and in the same order, over the next connection. So a receiver may get an entry again, never one too
 * few; headers {@code shard} and {@code sequence} and the message id {@code 0/17} are the same each time.
 * <p>
 * Shape: at most {@value #UNCONFIRMED_MAX} messages that are not confirmed.<br>
 * Threads: any, one at a time.
 */
public final class AmqpSink implements FeedHandler, AutoCloseable
{
    private static final int UNCONFIRMED_MAX = 4_096;
    private static final int PERSISTENT = 2;
    private static final Pattern QUEUE = Pattern.compile("(?:^|&)queue=([A-Za-z0-9._-]{1,200})(?:&|$)");

    /** What was sent and is not confirmed. */
    private record Message(AMQP.BasicProperties properties, byte[] body)
    {
    }

    private final ConnectionFactory factory = new ConnectionFactory();
    private final String place;
    private final String queue;
    private final Duration timeout;
    private final ArrayDeque<Message> unconfirmed = new ArrayDeque<>();
    private Connection connection;
    private Channel channel;

    /**
     * Send to a broker, to which a connection is made with the first entry.
     *
     * @param uri      {@code amqp[s]://[user@]host[:port]/[vhost]?queue=name}; the queue is made if it is not there.
     * @param password of the user; null for that of the broker's guest.
     * @param timeout  how long a connection or a confirmation may take.
     * @throws IllegalArgumentException if it is not such a URI.
     */
    public AmqpSink(final URI uri, final String password, final Duration timeout)
    {
        final Matcher matcher = QUEUE.matcher(uri.getQuery() == null ? "" : uri.getQuery());
        if (uri.getHost() == null || !matcher.find())
        {
            throw new IllegalArgumentException(
                "a broker is given as amqp://user@host:port/vhost?queue=NAME, the name of letters, digits, ., _ and " +
                "-: uri=" + uri);
        }
        queue = matcher.group(1);
        place = uri.getHost() + ":" + uri.getPort() + ", queue=" + queue;
        this.timeout = timeout;
        try
        {
            final String user = uri.getUserInfo();
            factory.setUri(new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), uri.getPath(), null, null));
            if (user != null)
            {
                factory.setUsername(user);
            }
            if (password != null)
            {
                factory.setPassword(password);
            }
        }
        catch (final URISyntaxException | GeneralSecurityException ex)
        {
            throw new IllegalArgumentException("not the URI of a broker: uri=" + uri + ": " + ex.getMessage(), ex);
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout((int)timeout.toMillis());
        factory.setHandshakeTimeout((int)timeout.toMillis());
        factory.setChannelRpcTimeout((int)timeout.toMillis());
    }

    @Override
    public synchronized void onEntry(final FeedEntry entry) throws IOException
    {
        final Message message = new Message(
            new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding(StandardCharsets.UTF_8.name())
                .deliveryMode(PERSISTENT)
                .messageId(entry.shard() + "/" + entry.sequence())
                .headers(Map.of("shard", entry.shard(), "sequence", entry.sequence()))
                .build(),
            EntryJson.encode(entry));
        connectIfLost();
        if (unconfirmed.size() == UNCONFIRMED_MAX)
        {
            awaitConfirms();
        }
        try
        {
            publish(message);
        }
        catch (final IOException | RuntimeException ex)
        {
            disconnect();
            throw lost(ex);
        }
        // From now on it is sent until it is confirmed, whatever becomes of the connection.
        unconfirmed.add(message);
    }

    /** All that was sent is confirmed when this returns. */
    @Override
    public synchronized void force() throws IOException
    {
        IOException failure = null;
        final long startNs = System.nanoTime();
        while (!unconfirmed.isEmpty())
        {
            try
            {
                connectIfLost();
                awaitConfirms();
            }
            catch (final IOException ex)
            {
                failure = ex;
            }
            if (failure != null && System.nanoTime() - startNs > timeout.toNanos())
            {
                throw failure;
            }
        }
    }

    @Override
    public synchronized void close()
    {
        disconnect();
    }

    private void connectIfLost() throws IOException
    {
        if (channel != null && channel.isOpen())
        {
            return;
        }
        disconnect();
        try
        {
            connection = factory.newConnection("seriatim");
            channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, null);
            channel.confirmSelect();
            for (final Message message : unconfirmed)
            {
                publish(message);
            }
        }
        catch (final IOException | TimeoutException | RuntimeException ex)
        {
            disconnect();
            throw lost(ex);
        }
    }

    private void publish(final Message message) throws IOException
    {
        channel.basicPublish("", queue, true, message.properties(), message.body());
    }

    private void awaitConfirms() throws IOException
    {
        try
        {
            channel.waitForConfirmsOrDie(timeout.toMillis());
            unconfirmed.clear();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the broker confirms: broker=" + place, ex);
        }
        catch (final IOException | TimeoutException | RuntimeException ex)
        {
            disconnect();
            throw lost(ex);
        }
    }

    private IOException lost(final Exception cause)
    {
        return new IOException(
            "the broker can not be reached, or has not confirmed in time: broker=" + place + ", unconfirmed=" +
            unconfirmed.size() + ": " + cause, cause);
    }

    private void disconnect()
    {
        final Connection open = connection;
        connection = null;
        channel = null;
        if (open != null)
        {
            open.abort((int)timeout.toMillis());
        }
    }
}
