package io.seriatim.journal;

import io.aeron.archive.codecs.ListRecordingRequestDecoder;
import io.aeron.archive.codecs.PurgeRecordingRequestDecoder;
import io.aeron.archive.codecs.ReplayRequestDecoder;
import io.aeron.archive.codecs.StartRecordingRequestDecoder;
import io.aeron.archive.codecs.TruncateRecordingRequestDecoder;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.SessionProxy;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Who is let in: the journal by its token, followers by what they make of a number, nobody else; and to do what. */
class ReplicationAccessTest
{
    private static final String SECRET = "a secret of followers";

    private final ReplicationAccess access = new ReplicationAccess(SECRET);

    /** What the archive would send on. */
    private static final class Session implements SessionProxy
    {
        private final long sessionId;
        private byte[] challenge;
        private byte[] principal;
        private boolean isRejected;
        private boolean isBusy;

        Session(final long sessionId)
        {
            this.sessionId = sessionId;
        }

        @Override
        public long sessionId()
        {
            return sessionId;
        }

        @Override
        public boolean challenge(final byte[] encodedChallenge)
        {
            challenge = encodedChallenge.clone();
            return true;
        }

        @Override
        public boolean authenticate(final byte[] encodedPrincipal)
        {
            principal = isBusy ? null : encodedPrincipal.clone();
            return !isBusy;
        }

        @Override
        public void reject()
        {
            isRejected = true;
        }
    }

    private Session connect(final ReplicationAccess to, final long sessionId, final CredentialsSupplier credentials)
    {
        final Session session = new Session(sessionId);
        to.onConnectRequest(sessionId, credentials.encodedCredentials(), 0);
        to.onConnectedSession(session, 0);
        if (session.challenge != null)
        {
            to.onChallengedSession(session, 0);
            assertNull(session.principal, "not before it has answered");
            to.onChallengeResponse(sessionId, credentials.onChallenge(session.challenge), 0);
            to.onChallengedSession(session, 0);
        }

        return session;
    }

    @Test
    void shouldLetTheJournalDoEverythingAndFollowersRead()
    {
        final Session journal = connect(access, 1, access.ofJournal());
        final Session follower = connect(access, 2, ReplicationAccess.ofFollower(SECRET));
        assertNull(journal.challenge, "at once");
        assertNotNull(follower.challenge);
        for (final int request : new int[] {
            StartRecordingRequestDecoder.TEMPLATE_ID, TruncateRecordingRequestDecoder.TEMPLATE_ID,
            PurgeRecordingRequestDecoder.TEMPLATE_ID})
        {
            assertTrue(access.isAuthorised(0, request, null, journal.principal));
            assertFalse(access.isAuthorised(0, request, null, follower.principal));
        }

        for (final int request : new int[] {
            ListRecordingRequestDecoder.TEMPLATE_ID, ReplayRequestDecoder.TEMPLATE_ID})
        {
            assertTrue(access.isAuthorised(0, request, null, journal.principal));
            assertTrue(access.isAuthorised(0, request, null, follower.principal));
            assertFalse(access.isAuthorised(0, request, null, new byte[0]), "nobody");
        }
    }

    @Test
    void shouldRejectWhoeverDoesNotKnowTheSecret()
    {
        final Session wrong = connect(access, 1, ReplicationAccess.ofFollower(SECRET + " "));
        assertTrue(wrong.isRejected);
        assertNull(wrong.principal);
        final Session token = connect(access, 2, new ReplicationAccess(SECRET).ofJournal());
        assertTrue(token.isRejected, "the token of another process");
        final ReplicationAccess closed = new ReplicationAccess(null);
        final Session follower = connect(closed, 3, ReplicationAccess.ofFollower(SECRET));
        assertTrue(follower.isRejected);
        assertNull(follower.challenge);
        assertNotNull(connect(closed, 4, closed.ofJournal()).principal);
    }

    @Test
    void shouldNotTakeAnAnswerToAnotherNumber()
    {
        final CredentialsSupplier credentials = ReplicationAccess.ofFollower(SECRET);
        final Session first = new Session(1);
        access.onConnectRequest(1, new byte[0], 0);
        access.onConnectedSession(first, 0);
        final byte[] overheard = credentials.onChallenge(first.challenge);
        final Session second = new Session(2);
        access.onConnectRequest(2, new byte[0], 0);
        access.onConnectedSession(second, 0);
        assertFalse(Arrays.equals(first.challenge, second.challenge));
        access.onChallengeResponse(2, overheard, 0);
        access.onChallengedSession(second, 0);
        assertTrue(second.isRejected);
        final byte[] challenge = first.challenge;
        access.onConnectedSession(first, 0);
        assertTrue(Arrays.equals(challenge, first.challenge), "asked again, the number is the same");
        assertEquals(0, access.ofJournal().onChallenge(challenge).length);
        final Session unasked = new Session(9);
        access.onChallengeResponse(9, overheard, 0);
        access.onChallengedSession(unasked, 0);
        assertTrue(unasked.isRejected, "answered without being asked");
    }

    @Test
    void shouldTryAgainWhenTheArchiveCanNotSendThatSomebodyIsLetIn()
    {
        final Session journal = new Session(1);
        journal.isBusy = true;
        access.onConnectRequest(1, access.ofJournal().encodedCredentials(), 0);
        access.onConnectedSession(journal, 0);
        assertNull(journal.principal);
        journal.isBusy = false;
        access.onConnectedSession(journal, 0);
        assertTrue(access.isAuthorised(0, PurgeRecordingRequestDecoder.TEMPLATE_ID, null, journal.principal));

        final Session follower = new Session(2);
        follower.isBusy = true;
        access.onConnectRequest(2, new byte[0], 0);
        access.onConnectedSession(follower, 0);
        access.onChallengeResponse(2, ReplicationAccess.ofFollower(SECRET).onChallenge(follower.challenge), 0);
        access.onChallengedSession(follower, 0);
        assertNull(follower.principal);
        follower.isBusy = false;
        access.onChallengedSession(follower, 0);
        assertTrue(access.isAuthorised(0, ReplayRequestDecoder.TEMPLATE_ID, null, follower.principal));
        assertFalse(follower.isRejected);
    }

    @Test
    void shouldForgetTheOldestOfManyThatDoNotAnswer()
    {
        final Session first = new Session(0);
        access.onConnectRequest(0, new byte[0], 0);
        access.onConnectedSession(first, 0);
        for (int i = 1; i <= 64; i++)
        {
            access.onConnectRequest(i, new byte[0], 0);
        }

        access.onChallengeResponse(0, ReplicationAccess.ofFollower(SECRET).onChallenge(first.challenge), 0);
        access.onChallengedSession(first, 0);
        assertTrue(first.isRejected, "its number is forgotten");
    }
}
