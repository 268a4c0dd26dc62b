package io.seriatim.faults;

/**
 * Deliberate mistakes, each with the layer that has to find it. A mistake is a changed place of a source file of the
 * product, so it goes with the code, and the run fails loudly when the place is not there any more.
 */
enum PlantedDefect
{
    /** Amounts run over. */
    UNCHECKED_ADDITION(
        "a sum of balances runs over and nobody looks",
        "lock-step with the reference ledger",
        PlantedCheck.test("io.seriatim.ledger.LockStepTest"),
        "engine/src/main/java/io/seriatim/ledger/Amounts.java",
        "return compare(aHigh, aLow, ~bHigh, ~bLow) > 0;",
        "return false;");

    private final String mistake;
    private final String layer;
    private final PlantedCheck check;
    private final String file;
    private final String found;
    private final String replacement;

    PlantedDefect(
        final String mistake,
        final String layer,
        final PlantedCheck check,
        final String file,
        final String found,
        final String replacement)
    {
        this.mistake = mistake;
        this.layer = layer;
        this.check = check;
        this.file = file;
        this.found = found;
        this.replacement = replacement;
    }

    /** What is wrong, in a sentence. */
    String mistake()
    {
        return mistake;
    }

    /** Which layer has to find it. */
    String layer()
    {
        return layer;
    }

    /** The program of that layer. */
    PlantedCheck check()
    {
        return check;
    }

    /** Source file that is changed, relative to the root of the tree. */
    String file()
    {
        return file;
    }

    /** The text that is changed; it stands in the file once. */
    String found()
    {
        return found;
    }

    /** What stands there instead. */
    String replacement()
    {
        return replacement;
    }
}
