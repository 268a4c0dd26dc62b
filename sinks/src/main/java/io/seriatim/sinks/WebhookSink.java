package io.seriatim.sinks;

import io.seriatim.replay.FeedCompletion;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * Posts each entry to a URL, as JSON, signed. An answer from 200 to 299 says that it was handled; any other one, and
 * none, that it has to come again.
 * <p>
 * Headers: {@code Seriatim-Entry} is shard and sequence, {@code 0/17}, the same whenever the entry comes again; {@code
 * Seriatim-Signature} is {@code t=<seconds since 1970>,v1=<hex>}, where v1 is HMAC-SHA256 by the secret over the
 * seconds, a dot and the body. A receiver checks both, and refuses what is too old.
 * <p>
 * Answers are waited for beside the workers, so one worker has as many requests in flight as the feed allows.<br>
 * Threads: any.
 */
public final class WebhookSink implements FeedHandler
{
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SUCCESS_CLASS = 2;
    private static final int STATUS_PER_CLASS = 100;

    private final URI url;
    private final byte[] secret;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * Post to a URL.
     *
     * @param url     http or https.
     * @param secret  that the receiver knows as well, not empty.
     * @param timeout how long an answer may take.
     */
    public WebhookSink(final URI url, final byte[] secret, final Duration timeout)
    {
        if (url.getHost() == null || !"http".equals(url.getScheme()) && !"https".equals(url.getScheme()))
        {
            throw new IllegalArgumentException("a webhook is an http or https URL with a host: url=" + url);
        }
        if (secret.length == 0)
        {
            throw new IllegalArgumentException("the secret of a webhook is not empty");
        }
        this.url = url;
        this.secret = secret.clone();
        this.timeout = timeout;
        client = HttpClient.newBuilder().connectTimeout(timeout).version(HttpClient.Version.HTTP_1_1).build();
    }

    @Override
    public void onEntry(final FeedEntry entry) throws GeneralSecurityException
    {
        final byte[] body = EntryJson.encode(entry);
        final long seconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        final HttpRequest request = HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Seriatim-Entry", entry.shard() + "/" + entry.sequence())
            .header("Seriatim-Signature", "t=" + seconds + ",v1=" + signature(secret, seconds, body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
        final FeedCompletion completion = entry.defer();
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding()).whenComplete((response, failure) ->
        {
            if (failure != null)
            {
                completion.failed(failure);
            }
            else if (response.statusCode() / STATUS_PER_CLASS != SUCCESS_CLASS)
            {
                completion.failed(new IOException(
                    "the webhook has answered " + response.statusCode() + ": url=" + url));
            }
            else
            {
                completion.done();
            }
        });
    }

    /**
     * What a request is signed with.
     *
     * @param secret  shared with the receiver.
     * @param seconds since 1970.
     * @param body    of the request.
     * @return hex in lower case.
     * @throws GeneralSecurityException if this Java has no HMAC-SHA256.
     */
    public static String signature(final byte[] secret, final long seconds, final byte[] body)
        throws GeneralSecurityException
    {
        final Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret, ALGORITHM));
        mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }
}
