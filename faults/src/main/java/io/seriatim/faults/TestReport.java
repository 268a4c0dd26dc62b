package io.seriatim.faults;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;

/**
 * What a run of tests has written of itself: {@code TEST-*.xml}, as JUnit's console leaves it in a directory.
 *
 * @param testCount how many tests there were; one with parameters counts once for each of them.
 * @param failed    methods that failed, by name.
 */
record TestReport(int testCount, TreeSet<String> failed)
{
    /**
     * Read all that lies in a directory.
     *
     * @param directory of the reports; none are in one that is not there.
     * @throws IOException if one can not be read.
     */
    static TestReport read(final Path directory) throws IOException
    {
        final TreeSet<String> failed = new TreeSet<>();
        int testCount = 0;
        if (Files.isDirectory(directory))
        {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "TEST-*.xml"))
            {
                for (final Path file : files)
                {
                    testCount += read(file, failed);
                }
            }
        }
        return new TestReport(testCount, failed);
    }

    private static int read(final Path file, final TreeSet<String> failed) throws IOException
    {
        final NodeList tests = parse(file).getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++)
        {
            final Element test = (Element)tests.item(i);
            if (test.getElementsByTagName("failure").getLength() + test.getElementsByTagName("error").getLength() > 0)
            {
                // "shouldHold()", "shouldHold(int)[3]"
                final String name = test.getAttribute("name");
                failed.add(name.contains("(") ? name.substring(0, name.indexOf('(')) : name);
            }
        }
        return tests.getLength();
    }

    private static Document parse(final Path file) throws IOException
    {
        try
        {
            final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            return factory.newDocumentBuilder().parse(file.toFile());
        }
        catch (final ParserConfigurationException | SAXException ex)
        {
            throw new IOException("not a report of tests: file=" + file, ex);
        }
    }
}
