package io.seriatim.journal;

import io.aeron.archive.codecs.ArchiveIdRequestDecoder;
import io.aeron.archive.codecs.BoundedReplayRequestDecoder;
import io.aeron.archive.codecs.KeepAliveRequestDecoder;
import io.aeron.archive.codecs.ListRecordingRequestDecoder;
import io.aeron.archive.codecs.RecordingPositionRequestDecoder;
import io.aeron.archive.codecs.ReplayRequestDecoder;
import io.aeron.archive.codecs.StopReplayRequestDecoder;
import io.aeron.security.Authenticator;
import io.aeron.security.AuthorisationService;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.SessionProxy;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may ask an archive for what: the journal itself for everything, followers for replays. The journal shows a token
 * that only its process has; a follower is sent a number that comes once, and answers with its HMAC-SHA256 by the
 * secret.
 * <p>
 * Threads: confined to the archive's.
 */
final class ReplicationAccess implements Authenticator, AuthorisationService
{
    private static final int TOKEN_LENGTH = 32;
    private static final int SESSION_COUNT_MAX = 64;
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] JOURNAL = {'j'};
    private static final byte[] FOLLOWER = {'f'};
    private static final Set<Integer> FOLLOWERS_REQUESTS = Set.of(
        ArchiveIdRequestDecoder.TEMPLATE_ID, ListRecordingRequestDecoder.TEMPLATE_ID, ReplayRequestDecoder.TEMPLATE_ID,
        BoundedReplayRequestDecoder.TEMPLATE_ID, StopReplayRequestDecoder.TEMPLATE_ID,
        RecordingPositionRequestDecoder.TEMPLATE_ID, KeepAliveRequestDecoder.TEMPLATE_ID);

    private final String secret;
    private final byte[] token = new byte[TOKEN_LENGTH];
    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Session> sessions = new LinkedHashMap<>()
    {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Long, Session> eldest)
        {
            return size() > SESSION_COUNT_MAX;
        }
    };

    /** One that wants to be let in. */
    private static final class Session
    {
        private byte[] credentials = {};
        private byte[] challenge;
        private byte[] response;
    }

    /** Nobody is let in yet; the secret is null where there are no followers. */
    ReplicationAccess(final String secret)
    {
        this.secret = secret;
        random.nextBytes(token);
    }

    /** What the journal's own client shows. */
    CredentialsSupplier ofJournal()
    {
        return new CredentialsSupplier()
        {
            @Override
            public byte[] encodedCredentials()
            {
                return token.clone();
            }

            @Override
            public byte[] onChallenge(final byte[] encodedChallenge)
            {
                return new byte[0];
            }
        };
    }

    /** What a follower shows. */
    static CredentialsSupplier ofFollower(final String secret)
    {
        return new CredentialsSupplier()
        {
            @Override
            public byte[] encodedCredentials()
            {
                return new byte[0];
            }

            @Override
            public byte[] onChallenge(final byte[] encodedChallenge)
            {
                return answer(secret, encodedChallenge);
            }
        };
    }

    @Override
    public void onConnectRequest(final long sessionId, final byte[] encodedCredentials, final long nowMs)
    {
        sessionOf(sessionId).credentials = encodedCredentials.clone();
    }

    @Override
    public void onChallengeResponse(final long sessionId, final byte[] encodedCredentials, final long nowMs)
    {
        sessionOf(sessionId).response = encodedCredentials.clone();
    }

    @Override
    public void onConnectedSession(final SessionProxy sessionProxy, final long nowMs)
    {
        final Session session = sessionOf(sessionProxy.sessionId());
        if (MessageDigest.isEqual(token, session.credentials))
        {
            if (sessionProxy.authenticate(JOURNAL))
            {
                sessions.remove(sessionProxy.sessionId());
            }
        }
        else if (secret == null)
        {
            sessions.remove(sessionProxy.sessionId());
            sessionProxy.reject();
        }
        else
        {
            if (session.challenge == null)
            {
                session.challenge = new byte[TOKEN_LENGTH];
                random.nextBytes(session.challenge);
            }

            sessionProxy.challenge(session.challenge);
        }
    }

    @Override
    public void onChallengedSession(final SessionProxy sessionProxy, final long nowMs)
    {
        final Session session = sessionOf(sessionProxy.sessionId());
        if (session.response == null)
        {
            return;
        }

        if (session.challenge == null || !MessageDigest.isEqual(answer(secret, session.challenge), session.response))
        {
            sessions.remove(sessionProxy.sessionId());
            sessionProxy.reject();
        }
        else if (sessionProxy.authenticate(FOLLOWER))
        {
            sessions.remove(sessionProxy.sessionId());
        }
    }

    @Override
    public boolean isAuthorised(
        final int protocolId, final int actionId, final Object type, final byte[] encodedPrincipal)
    {
        return Arrays.equals(JOURNAL, encodedPrincipal) ||
            Arrays.equals(FOLLOWER, encodedPrincipal) && FOLLOWERS_REQUESTS.contains(actionId);
    }

    private Session sessionOf(final long sessionId)
    {
        return sessions.computeIfAbsent(sessionId, (id) -> new Session());
    }

    private static byte[] answer(final String secret, final byte[] challenge)
    {
        try
        {
            final Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(challenge);
        }
        catch (final GeneralSecurityException ex)
        {
            throw new IllegalStateException("this Java has no " + ALGORITHM, ex);
        }
    }
}
