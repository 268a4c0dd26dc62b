package io.seriatim.engine;

/**
 * Takes the replies of a session, on the thread that polls it.
 */
@FunctionalInterface
public interface ReplyHandler
{
    /**
     * A request has been answered.
     *
     * @param reply flyweight that is good until this returns.
     */
    void onReply(Reply reply);
}
