package io.seriatim.tools;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses the pages of Parquet files with what Java has, which every reader understands: the codecs of the library
 * are those of Hadoop, or native.
 * <p>
 * Threads: confined to one.
 */
final class GzipPages implements CompressionCodecFactory, CompressionCodecFactory.BytesInputCompressor
{
    @Override
    public BytesInputCompressor getCompressor(final CompressionCodecName codecName)
    {
        return this;
    }

    @Override
    public BytesInputDecompressor getDecompressor(final CompressionCodecName codecName)
    {
        throw new UnsupportedOperationException("files are written and not read: codec=" + codecName);
    }

    @Override
    public BytesInput compress(final BytesInput page) throws IOException
    {
        final ByteArrayOutputStream compressed = new ByteArrayOutputStream((int)page.size() / 2);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed))
        {
            page.writeAllTo(out);
        }
        return BytesInput.from(compressed);
    }

    @Override
    public CompressionCodecName getCodecName()
    {
        return CompressionCodecName.GZIP;
    }

    @Override
    public void release()
    {
        // Nothing is held.
    }
}
