package io.seriatim.tools;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes rows as the readers read them. The file has its name only once it is whole: until then it ends in
 * {@code .part}.
 * <p>
 * Shape: one buffer.<br>
 * Cost: nothing is allocated per row.<br>
 * Threads: confined to one.
 */
final class RowWriter implements AutoCloseable
{
    private static final int BUFFER_LENGTH = 256 * 1024;

    /** No row that we write is longer. */
    private static final int ROW_LENGTH_MAX = 1024;

    private final Path file;
    private final Path part;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_LENGTH];
    private int length;
    private boolean isWhole;

    /**
     * Begins a file.
     *
     * @param file   to be written; one that is there is replaced at the end.
     * @param isGzip with the fastest compression. The gzip header holds no time and no name.
     * @param header first line.
     * @throws IOException if the file can not be made.
     */
    RowWriter(final Path file, final boolean isGzip, final String header) throws IOException
    {
        this.file = file;
        part = file.resolveSibling(file.getFileName() + ".part");
        final OutputStream plain = Files.newOutputStream(part);
        out = isGzip ? new FastGzip(plain) : plain;
        text(header);
        endRow();
    }

    void account(final AccountRow row)
    {
        number(row.idHigh, row.idLow);
        field(row.ledger & 0xFFFF_FFFFL);
        field(row.code);
        flags(FlagNames.ACCOUNT, row.flags);
        next();
        number(row.userData128High, row.userData128Low);
        next();
        number(0, row.userData64);
        field(row.userData32 & 0xFFFF_FFFFL);
        next();
        number(0, row.timestampNs);
        endRow();
    }

    void transfer(final TransferRow row)
    {
        number(row.idHigh, row.idLow);
        next();
        number(row.debitAccountIdHigh, row.debitAccountIdLow);
        next();
        number(row.creditAccountIdHigh, row.creditAccountIdLow);
        next();
        number(row.amountHigh, row.amountLow);
        next();
        number(row.pendingIdHigh, row.pendingIdLow);
        next();
        number(row.userData128High, row.userData128Low);
        next();
        number(0, row.userData64);
        field(row.userData32 & 0xFFFF_FFFFL);
        field(row.timeout & 0xFFFF_FFFFL);
        field(row.ledger & 0xFFFF_FFFFL);
        field(row.code);
        flags(FlagNames.TRANSFER, row.flags);
        next();
        number(0, row.timestampNs);
        endRow();
    }

    void expectation(final long accountId, final long debitsPosted, final long creditsPosted, final int ledger)
    {
        posted(accountId, debitsPosted, creditsPosted, ledger);
        endRow();
    }

    /** As {@link #expectation(long, long, long, int)}, with what is pending. */
    void expectation(
        final long accountId,
        final long debitsPosted,
        final long creditsPosted,
        final int ledger,
        final long debitsPending,
        final long creditsPending)
    {
        posted(accountId, debitsPosted, creditsPosted, ledger);
        field(debitsPending);
        field(creditsPending);
        endRow();
    }

    private void posted(final long accountId, final long debitsPosted, final long creditsPosted, final int ledger)
    {
        number(0, accountId);
        field(debitsPosted);
        field(creditsPosted);
        field(ledger & 0xFFFF_FFFFL);
        next();
        final long creditBalance = creditsPosted - debitsPosted;
        if (creditBalance < 0)
        {
            buffer[length++] = '-';
        }
        number(0, Math.abs(creditBalance));
    }

    private void field(final long value)
    {
        next();
        number(0, value);
    }

    private void number(final long high, final long low)
    {
        length += Decimal128.format(high, low, buffer, length);
    }

    private void flags(final FlagNames names, final int flags)
    {
        next();
        if (flags != 0)
        {
            text(names.format(flags));
        }
    }

    private void text(final String ascii)
    {
        for (int i = 0; i < ascii.length(); i++)
        {
            buffer[length++] = (byte) ascii.charAt(i);
        }
    }

    private void next()
    {
        buffer[length++] = ',';
    }

    private void endRow()
    {
        buffer[length++] = '\n';
        if (length > BUFFER_LENGTH - ROW_LENGTH_MAX)
        {
            flush();
        }
    }

    private void flush()
    {
        try
        {
            out.write(buffer, 0, length);
            length = 0;
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends the file: it is whole.
     *
     * @throws IOException if it can not be written.
     */
    void finish() throws IOException
    {
        flush();
        out.close();
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        isWhole = true;
    }

    @Override
    public void close() throws IOException
    {
        if (!isWhole)
        {
            try
            {
                out.close();
            }
            finally
            {
                Files.deleteIfExists(part);
            }
        }
    }

    private static final class FastGzip extends GZIPOutputStream
    {
        private FastGzip(final OutputStream out) throws IOException
        {
            super(out, BUFFER_LENGTH);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
