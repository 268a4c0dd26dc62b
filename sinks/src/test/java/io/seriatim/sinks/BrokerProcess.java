package io.seriatim.sinks;

import org.apache.qpid.server.SystemLauncher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A broker in a process of its own, which a test kills: it speaks AMQP 0-9-1 and keeps durable queues in files. */
final class BrokerProcess
{
    private static final String CONFIGURATION = """
        {
          "name": "broker",
          "modelVersion": "9.1",
          "authenticationproviders": [{"name": "plain", "type": "Plain", "secureOnlyMechanisms": [],
            "users": [{"name": "guest", "type": "managed", "password": "guest"}]}],
          "ports": [{"name": "AMQP", "port": "%d", "bindingAddress": "127.0.0.1", "authenticationProvider": "plain",
            "virtualhostaliases": [{"name": "defaultAlias", "type": "defaultAlias"},
              {"name": "nameAlias", "type": "nameAlias"}]}],
          "virtualhostnodes": [{"name": "default", "type": "DERBY", "defaultVirtualHostNode": "true",
            "storePath": "%s", "virtualHostInitialConfiguration": "{\\"type\\": \\"DERBY\\"}"}]
        }
        """;

    private BrokerProcess()
    {
    }

    /** Run until killed: port, directory. */
    public static void main(final String[] args) throws Exception
    {
        final Path directory = Path.of(args[1]);
        Files.createDirectories(directory);
        final Path configuration = directory.resolve("broker.json");
        Files.writeString(
            configuration, String.format(CONFIGURATION, Integer.parseInt(args[0]), directory.resolve("store")));
        final Map<String, Object> attributes = new HashMap<>();
        final Path settings = directory.resolve("settings.json");
        Files.deleteIfExists(settings);
        attributes.put("type", "JSON");
        attributes.put("storePath", settings.toString());
        attributes.put("initialConfigurationLocation", configuration.toUri().toString());
        attributes.put("startupLoggedToSystemOut", "true");
        attributes.put("context", Map.of("qpid.work_dir", directory.toString()));
        new SystemLauncher().startup(attributes);
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }
}
