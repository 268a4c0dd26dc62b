package io.seriatim.bench.planted.nowhere;

/** A package that is not in the table. */
public final class PlantedNowhere
{
    private PlantedNowhere()
    {
    }
}
