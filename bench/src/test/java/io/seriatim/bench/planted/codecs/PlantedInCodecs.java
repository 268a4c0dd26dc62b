package io.seriatim.bench.planted.codecs;

import io.seriatim.bench.planted.journal.PlantedInJournal;

/** At the very bottom there is nothing of ours to import. */
public final class PlantedInCodecs
{
    private PlantedInCodecs()
    {
    }

    static final class ImportsUpwards
    {
        PlantedInJournal journal()
        {
            return null;
        }
    }
}
