package io.seriatim.tools;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.sealing.SealingException;
import io.seriatim.sealing.Witness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Speaks the protocol of witnesses over HTTP, one request at a time.
 */
final class WitnessServer
{
    private static final String PATH = "/add-checkpoint";
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int FAILED = 500;

    private final Witness witness;
    private final PrintWriter err;

    private WitnessServer(final Witness witness, final PrintWriter err)
    {
        this.witness = witness;
        this.err = err;
    }

    /**
     * Starts to listen.
     *
     * @param address to listen at.
     * @param witness that answers.
     * @param err     where it says what it could not do.
     * @return the server, to be stopped.
     * @throws ToolException if it can not listen there.
     */
    static HttpServer start(final InetSocketAddress address, final Witness witness, final PrintWriter err)
    {
        final HttpServer server;
        try
        {
            server = HttpServer.create(address, 0);
        }
        catch (final IOException ex)
        {
            throw new ToolException(
                ExitCode.ENVIRONMENT, "can not listen: address=" + address + ": " + ex.getMessage(), ex);
        }
        server.createContext("/", new WitnessServer(witness, err)::handle);
        server.start();
        return server;
    }

    private void handle(final HttpExchange exchange) throws IOException
    {
        try (exchange)
        {
            final Witness.Answer answer = answer(exchange);
            final byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), body.length);
            try (OutputStream out = exchange.getResponseBody())
            {
                out.write(body);
            }
        }
    }

    private Witness.Answer answer(final HttpExchange exchange) throws IOException
    {
        if (!PATH.equals(exchange.getRequestURI().getPath()))
        {
            return text(NOT_FOUND, "there is " + PATH + " alone");
        }
        if (!"POST".equals(exchange.getRequestMethod()))
        {
            return text(METHOD_NOT_ALLOWED, "POST alone");
        }
        final byte[] body = exchange.getRequestBody().readNBytes(CheckpointRequest.LENGTH_MAX + 1);
        if (body.length > CheckpointRequest.LENGTH_MAX)
        {
            return text(TOO_LARGE, "a request has at most " + CheckpointRequest.LENGTH_MAX + " bytes");
        }
        try
        {
            return witness.addCheckpoint(body);
        }
        catch (final SealingException ex)
        {
            err.println(ex.getMessage());
            return text(FAILED, "nothing was signed: the witness can not keep what it signs");
        }
    }

    private static Witness.Answer text(final int status, final String message)
    {
        return new Witness.Answer(status, "text/plain; charset=utf-8", message + "\n");
    }
}
