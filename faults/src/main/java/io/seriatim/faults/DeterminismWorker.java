package io.seriatim.faults;

import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Replays the journals of a directory and prints what came out, the state's digest first: the same lines on every Java.
 */
final class DeterminismWorker
{
    private DeterminismWorker()
    {
    }

    /**
     * Replays and prints.
     *
     * @param args the directory.
     */
    public static void main(final String[] args)
    {
        final List<String> lines = new ArrayList<>();
        final AuditReport report = new AuditReplay(Path.of(args[0]))
            .stateHandler((audit, stateMachine) -> lines.add(
                "shard=" + audit.shard() + ", digest=" + HexFormat.of().formatHex(stateMachine.digest())))
            .run();
        lines.forEach(System.out::println);
        report.shards().forEach(System.out::println);
        System.out.println("clean=" + report.isClean());
    }
}
