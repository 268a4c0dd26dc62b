package io.seriatim.tools;

import io.seriatim.engine.LedgerException;

/**
 * A request in JSON is refused as a whole. The message says what was found and what would do.
 */
final class JsonRequestException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    private final JsonErrorCode code;

    JsonRequestException(final JsonErrorCode code, final String message)
    {
        this(code, message, null);
    }

    JsonRequestException(final JsonErrorCode code, final String message, final Throwable cause)
    {
        super(message, cause);
        this.code = code;
    }

    /**
     * What no answer of the engine means to the sender of a request.
     *
     * @param request that was asked.
     * @param cause   why there is no answer.
     * @return to be thrown.
     */
    static JsonRequestException of(final JsonRequest request, final LedgerException cause)
    {
        final JsonErrorCode code;
        String message = cause.getMessage();
        switch (cause.reason())
        {
            case STORE_FULL:
                code = JsonErrorCode.STORE_FULL;
                break;
            case DISK_RESERVED:
                code = JsonErrorCode.DISK_RESERVED;
                break;
            case CLOCK_JUMPED:
                code = JsonErrorCode.CLOCK_JUMPED;
                break;
            case NO_QUERIES:
            case QUERIES_FAILED:
                code = JsonErrorCode.QUERIES_UNAVAILABLE;
                break;
            case CLOCK_REFUSED:
                code = request.op() == JsonOp.SET_CLOCK ? JsonErrorCode.CLOCK_GOES_BACK : JsonErrorCode.TIME_EXHAUSTED;
                message += ": found=" + request.clockNs();
                break;
            case TIME_EXHAUSTED:
                code = JsonErrorCode.TIME_EXHAUSTED;
                break;
            default:
                code = JsonErrorCode.STOPPED;
                break;
        }
        return new JsonRequestException(code, message, cause);
    }

    JsonErrorCode code()
    {
        return code;
    }
}
