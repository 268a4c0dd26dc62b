package io.seriatim.bench.planted.replay;

import picocli.CommandLine;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;

/** A library module without a command line, and without Java's own serialisation like all others. */
public final class PlantedInReplay
{
    private PlantedInReplay()
    {
    }

    static final class UsesPicocli
    {
        CommandLine commandLine()
        {
            return new CommandLine(this);
        }
    }

    static final class ReadsObjects
    {
        Object read(final InputStream in) throws IOException, ClassNotFoundException
        {
            try (ObjectInputStream objects = new ObjectInputStream(in))
            {
                return objects.readObject();
            }
        }
    }
}
