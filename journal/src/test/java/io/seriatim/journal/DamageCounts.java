package io.seriatim.journal;

/** What a sweep has found. */
public final class DamageCounts
{
    /** Damages that were tried. */
    public long damages;

    /** Edits that were drawn and changed no byte; they are no damages, and others were drawn for them. */
    public long unchanged;

    /** Recoveries of the undamaged journal, in each situation: all of them came to all of it. */
    public long controls;

    /** Whole recoveries that were run on damaged journals. */
    public long recoveries;

    /** Of these, those that refused. */
    public long refusals;

    /** Of these, those that refused as the journal ended below its watermark. */
    public long belowWatermark;

    /** Of these, those that refused as a later frame said that what is missing had been forced. */
    public long anchored;

    /** Of these, those that refused as good frames followed and the machine had not been restarted. */
    public long sameBoot;

    /** Of the recoveries, those that came to a prefix and cut. */
    public long prefixes;

    /** Of these, those that found something behind it, and cut that as a torn tail. */
    public long torn;

    /** Of these, those that found nothing behind it: such an end looks like any other. */
    public long clean;

    /** Of the prefixes, those whose last entries nothing in the files says were forced. */
    public long unanchored;

    /** Of the recoveries, those that came to the whole journal, as the damage left its content alone. */
    public long whole;

    @Override
    public String toString()
    {
        return String.format(
            "%,d damages, %,d whole recoveries: %,d refused (%,d ended below the watermark, %,d before a later " +
            "frame that says more was forced, %,d had good frames behind in the same boot), %,d came to a prefix " +
            "(%,d cut a torn tail, %,d met a clean end; %,d of them unanchored), %,d with nothing lost; " +
            "%,d edits changed nothing and do not count; undamaged: %,d of %,d accepted whole",
            damages, recoveries, refusals, belowWatermark, anchored, sameBoot, prefixes, torn, clean, unanchored,
            whole, unchanged, controls, controls);
    }
}
