package io.seriatim.faults;

import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;

/**
 * What this process has from the C library: tables that have grown leave pieces behind, which the library keeps for
 * later though nobody holds them.
 * <p>
 * Threads: any.
 */
final class NativeHeap
{
    private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";
    private static final String TRIM = "systemTrimNativeHeap";

    private NativeHeap()
    {
    }

    /** Whether this JVM can {@link #trim}: those for Linux can from 17.0.9 on. */
    static boolean canTrim()
    {
        final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try
        {
            return Stream.of(server.getMBeanInfo(new ObjectName(COMMANDS)).getOperations())
                .map(MBeanOperationInfo::getName).anyMatch(TRIM::equals);
        }
        catch (final JMException ex)
        {
            return false;
        }
    }

    /** Give what nobody holds back to the system. */
    static void trim()
    {
        try
        {
            ManagementFactory.getPlatformMBeanServer().invoke(new ObjectName(COMMANDS), TRIM, null, null);
        }
        catch (final JMException ex)
        {
            throw new FaultException("the native heap can not be trimmed", ex);
        }
    }
}
