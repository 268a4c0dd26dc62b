package io.seriatim.bench.planted.util;

/** A package whose name says nothing. */
public final class PlantedInUtil
{
    private PlantedInUtil()
    {
    }
}
