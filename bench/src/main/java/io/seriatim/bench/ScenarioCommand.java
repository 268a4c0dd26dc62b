package io.seriatim.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

import java.util.ArrayList;
import java.util.List;

/**
 * The scenarios that show an application: which there are.
 */
@Command(
    name = "scenario",
    synopsisSubcommandLabel = "NAME",
    description = "Applications on a real engine, each in one command and under two minutes: it checks what came " +
        "out, shows what the instruments and the advice say of it, and leaves a drawing and a page.",
    commandListHeading = "%nScenarios:%n",
    footer = "%nEach has --help. One whose books, order or counts are not what they must be fails.%n%nExample:%n" +
        "  scripts/bench scenario global-order",
    subcommands = {
        GlobalOrderScenario.class,
        OrderLifecycleScenario.class,
        LeaderboardScenario.class,
        HotPartitionScenario.class,
        BatchingScenario.class,
    })
final class ScenarioCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Unmatched
    private List<String> unknown = new ArrayList<>();

    /** Without a name: which there are. */
    @Override
    public void run()
    {
        final CommandLine commandLine = spec.commandLine();
        if (!unknown.isEmpty())
        {
            throw new ParameterException(
                commandLine, "there is no scenario " + unknown.get(0) + "; there are " +
                String.join(", ", commandLine.getSubcommands().keySet()));
        }
        commandLine.usage(commandLine.getOut());
    }
}
