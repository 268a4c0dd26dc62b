package io.seriatim.codecs;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * The schema read as text, without SBE: the second opinion on every offset and length that the generator computed.
 */
final class SchemaDocument
{
    /** Length of the SBE message header, with which every message begins. */
    static final int SBE_HEADER_LENGTH = 8;

    private static final Map<String, Integer> LENGTH_BY_PRIMITIVE = Map.of(
        "uint8", 1, "char", 1, "uint16", 2, "uint32", 4, "uint64", 8, "int64", 8);

    private final Map<String, Message> messages = new LinkedHashMap<>();
    private final List<Element> described = new ArrayList<>();
    private final Map<String, Element> types = new LinkedHashMap<>();

    /**
     * A field of a primitive type, or one of those inside a composite.
     *
     * @param name          with the composite's in front.
     * @param offset        from the end of the SBE header.
     * @param length        in bytes.
     * @param elementLength of one element in bytes; the length itself if there is just one.
     */
    record Field(String name, int offset, int length, int elementLength)
    {
    }

    /**
     * A message's block, and the names of what comes after it.
     *
     * @param name       of the message.
     * @param templateId of the message.
     * @param fields     of the block.
     * @param parts      names of groups and data after the block.
     */
    record Message(String name, int templateId, List<Field> fields, List<String> parts)
    {
        int blockLength()
        {
            return fields.stream().mapToInt((field) -> field.offset() + field.length()).max().orElse(0);
        }
    }

    private SchemaDocument(final Element root)
    {
        collect(root);
        for (final Element child : children(root))
        {
            if ("types".equals(child.getTagName()))
            {
                children(child).forEach((type) -> types.put(type.getAttribute("name"), type));
            }
            else if ("sbe:message".equals(child.getTagName()))
            {
                final Message message = message(child);
                messages.put(message.name(), message);
            }
        }
    }

    static SchemaDocument load()
    {
        try (InputStream in = SchemaDocument.class.getResourceAsStream("/seriatim-journal.xml"))
        {
            final Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
            return new SchemaDocument(document.getDocumentElement());
        }
        catch (final IOException | SAXException | ParserConfigurationException e)
        {
            throw new AssertionError("the schema can not be read", e);
        }
    }

    Map<String, Message> messages()
    {
        return messages;
    }

    /**
     * Everything that a reader of the format meets by name: messages, fields, groups, data, types.
     *
     * @return the elements, in the order of the file.
     */
    List<Element> described()
    {
        return described;
    }

    private void collect(final Element element)
    {
        if (!element.getAttribute("name").isEmpty())
        {
            described.add(element);
        }
        children(element).forEach(this::collect);
    }

    private Message message(final Element element)
    {
        final List<Field> fields = new ArrayList<>();
        final List<String> parts = new ArrayList<>();
        for (final Element child : children(element))
        {
            final String name = child.getAttribute("name");
            if (!"field".equals(child.getTagName()))
            {
                parts.add(name);
                continue;
            }
            final int offset = Integer.parseInt(child.getAttribute("offset"));
            final String typeName = child.getAttribute("type");
            final Element type = types.get(typeName);
            if (type == null)
            {
                final int length = LENGTH_BY_PRIMITIVE.get(typeName);
                fields.add(new Field(name, offset, length, length));
            }
            else if ("composite".equals(type.getTagName()))
            {
                int at = offset;
                for (final Element member : children(type))
                {
                    final int length = length(member);
                    fields.add(new Field(
                        name + '.' + member.getAttribute("name"), at, length, elementLength(member)));
                    at += length;
                }
            }
            else
            {
                fields.add(new Field(name, offset, length(type), elementLength(type)));
            }
        }

        return new Message(
            element.getAttribute("name"), Integer.parseInt(element.getAttribute("id")), fields, parts);
    }

    private static int elementLength(final Element type)
    {
        return LENGTH_BY_PRIMITIVE.get(type.getAttribute("primitiveType"));
    }

    private static int length(final Element type)
    {
        final String count = type.getAttribute("length");
        return elementLength(type) * (count.isEmpty() ? 1 : Integer.parseInt(count));
    }

    private static List<Element> children(final Element element)
    {
        final List<Element> children = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling())
        {
            if (node instanceof Element)
            {
                children.add((Element) node);
            }
        }

        return children;
    }
}
