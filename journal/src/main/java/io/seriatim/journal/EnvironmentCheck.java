package io.seriatim.journal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Looks at the JVM that the journal is to run in, before anything of it runs: the flag that Agrona needs, the copies of
 * Agrona on the class path, and settings from outside that would put data at risk. Each would otherwise show up late,
 * and as something else.
 * <p>
 * Threads: static, any. It touches no class of Agrona or Aeron.
 */
public final class EnvironmentCheck
{
    /** What Agrona needs of the JDK. */
    public static final String ADD_OPENS = "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED";

    /** The version of Agrona inside aeron-all, and the only one that may be on the class path beside it. */
    public static final String AGRONA_VERSION = "2.4.1";

    /** SHA-256 of class files that differ between versions of Agrona. */
    static final Map<String, String> AGRONA_CLASSES = Map.of(
        "org/agrona/UnsafeApi.class", "86b03f48e581892580d8150c6338a5e84d9eedde4cc93470efc1e31bc76cba56",
        "org/agrona/concurrent/UnsafeBuffer.class", "b09b15bc2993041440407d9921d7cc44d279e3761bdea81410a50922fc754912",
        "org/agrona/concurrent/AgentInvoker.class", "9f313031de8741703cf589dce73bb71947158a229d5e8c81f7c0ca7a8463d50f");

    static final String BOUNDS_PROPERTY = "agrona.disable.bounds.checks";

    private static final Map<String, String> DANGEROUS_PROPERTIES = Map.of(
        "aeron.archive.dir.delete.on.start", "it deletes the journal",
        "aeron.archive.record.checksum", "recording checksums crash the archive of Aeron 1.51 at a restart",
        "aeron.archive.replay.checksum", "recording checksums crash the archive of Aeron 1.51 at a restart",
        "aeron.enable.experimental.features", "experimental features of Aeron are not for a ledger");

    private static final String FALSE = "false";

    private EnvironmentCheck()
    {
    }

    /**
     * Check, and complain about everything at once.
     *
     * @param isUncheckedMemoryAllowed whether the property {@code agrona.disable.bounds.checks} is tolerated.
     * @throws JournalException that fits one screen and says exactly what to do.
     */
    public static void require(final boolean isUncheckedMemoryAllowed)
    {
        final List<String> problems = problems(EnvironmentCheck.class.getClassLoader(), isUncheckedMemoryAllowed);
        if (!problems.isEmpty())
        {
            throw new JournalException(String.join("\n", problems));
        }
    }

    /** Everything that is wrong; nothing if all is well. */
    static List<String> problems(final ClassLoader loader, final boolean isUncheckedMemoryAllowed)
    {
        final List<String> problems = new ArrayList<>();
        if (!Object.class.getModule().isOpen("jdk.internal.misc", agronaModule(loader)))
        {
            problems.add(addOpensMessage());
        }

        problems.addAll(conflictingCopies(loader));
        DANGEROUS_PROPERTIES.forEach(
            (property, reason) ->
            {
                if (isSet(property))
                {
                    problems.add("The system property " + property + "=" + System.getProperty(property) +
                        " is set, and " + reason + ": take it away, or set it to false where it may be.");
                }
            });
        if (!isUncheckedMemoryAllowed && isSet(BOUNDS_PROPERTY))
        {
            problems.add("The system property " + BOUNDS_PROPERTY + "=" + System.getProperty(BOUNDS_PROPERTY) +
                " is set: with it a wrong offset overwrites other memory instead of being refused. Take it away; " +
                "a benchmark may set JournalConfig.uncheckedMemoryAllowed(true).");
        }

        return problems;
    }

    static String addOpensMessage()
    {
        return """
            Seriatim needs one JVM flag, because Agrona 2 reaches into the JDK for its off-heap memory:

                %s

              java           java %1$s -jar app.jar
              Maven          in the configuration of maven-surefire-plugin:
                             <argLine>%1$s</argLine>
              Gradle         applicationDefaultJvmArgs = ['--add-opens', 'java.base/jdk.internal.misc=ALL-UNNAMED']
                             tasks.withType(Test) { jvmArgs '--add-opens', 'java.base/jdk.internal.misc=ALL-UNNAMED' }
              Spring Boot    in the configuration of spring-boot-maven-plugin:
                             <jvmArguments>%1$s</jvmArguments>
                             and in the manifest of an executable jar: Add-Opens: java.base/jdk.internal.misc
              Docker         ENV JAVA_TOOL_OPTIONS="--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"

            Nothing was started and nothing was changed.""".formatted(ADD_OPENS);
    }

    private static Module agronaModule(final ClassLoader loader)
    {
        try
        {
            return Class.forName("org.agrona.UnsafeApi", false, loader).getModule();
        }
        catch (final ClassNotFoundException ex)
        {
            return EnvironmentCheck.class.getModule();
        }
    }

    private static List<String> conflictingCopies(final ClassLoader loader)
    {
        final List<String> problems = new ArrayList<>();
        AGRONA_CLASSES.forEach(
            (name, expected) ->
            {
                try
                {
                    for (final URL copy : Collections.list(loader.getResources(name)))
                    {
                        if (!expected.equals(hashOf(copy)))
                        {
                            problems.add(
                                "Another version of Agrona is on the class path: " + copy + ". Aeron brings Agrona " +
                                AGRONA_VERSION + " along; make that the only one, with org.agrona:agrona:" +
                                AGRONA_VERSION + " in the dependency management or without any dependency on it.");
                        }
                    }
                }
                catch (final IOException ex)
                {
                    problems.add("Can not look for copies of Agrona on the class path: " + ex);
                }
            });
        return problems;
    }

    private static String hashOf(final URL url) throws IOException
    {
        try (InputStream stream = url.openStream())
        {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(stream.readAllBytes()));
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IOException("this JVM has no SHA-256", ex);
        }
    }

    private static boolean isSet(final String property)
    {
        final String value = System.getProperty(property);
        return value != null && !value.isEmpty() && !FALSE.equals(value);
    }
}
