package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.api.v1alpha1.Reason;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The objects of a text, one after the other, with lists unpacked. A document is read when it is asked for: of a large
 * text no more than one is there at a time. What each may become is bounded.
 */
final class ManifestReader implements Iterator<Manifest> {

    private static final int DEEPEST = 200;
    /**
     * How many values a document may have, and become when its aliases are replaced. Read, one takes some hundred bytes;
     * the largest definitions that people apply have half as many.
     */
    private static final int MOST_VALUES = 40_000;

    private static final int MOST_ALIASES = 200;

    private final ManifestText text;
    private final SafeConstructor documents;
    private final Deque<Map<String, Object>> unpacked = new ArrayDeque<>();
    private int nodes;

    ManifestReader(ManifestText text) {
        this.text = text;
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        options.setNestingDepthLimit(DEEPEST);
        this.documents = new SafeConstructor(options);
        documents.setAllowDuplicateKeys(false);
        documents.setComposer(new Composer(
                new Counted(new ParserImpl(new StreamReader(text.text()), options)), new KubernetesScalars(), options));
    }

    /** Ends a document that has too many values, before they are there. */
    private final class Counted implements Parser {

        private final Parser parser;
        private int values;

        Counted(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public Event getEvent() {
            Event event = parser.getEvent();
            values = event.is(Event.ID.DocumentStart) ? 0 : values + 1;
            if (values > 2 * MOST_VALUES) {
                throw tooLarge();
            }
            return event;
        }
    }

    /**
     * What kubectl takes a plain scalar for (sigs.k8s.io/yaml, go.yaml.in/yaml v2): octal numbers are some, and yes, no,
     * times and dates are text.
     */
    private static final class KubernetesScalars extends Resolver {

        private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
        private static final Pattern INTEGER = Pattern.compile("[-+]?(0b[01_]+|0[0-7_]*|[1-9][0-9_]*|0x[0-9A-Fa-f_]+)");
        private static final Pattern NUMBER = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, BOOLEAN, "tTfF");
            addImplicitResolver(Tag.INT, INTEGER, "-+0123456789");
            addImplicitResolver(Tag.FLOAT, NUMBER, "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            while (unpacked.isEmpty() && documents.checkData()) {
                Object document = documents.getData();
                nodes = 0;
                if (document != null) {
                    unpack(object(value(document, 0)));
                }
            }
            return !unpacked.isEmpty();
        } catch (MarkedYAMLException malformed) {
            throw invalid("is no YAML: "
                    + (malformed.getProblemMark() == null
                            ? ""
                            : "line " + (malformed.getProblemMark().getLine() + 1) + ", column "
                                    + (malformed.getProblemMark().getColumn() + 1))
                    + (text.secret() ? "" : ": " + malformed.getProblem()));
        } catch (YAMLException | NumberFormatException malformed) {
            throw invalid("is no YAML" + (text.secret() ? "" : ": " + malformed.getMessage()));
        }
    }

    @Override
    public Manifest next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return Manifest.of(text, unpacked.remove());
    }

    private void unpack(Map<String, Object> document) {
        if (document.get("kind") instanceof String kind
                && kind.endsWith("List")
                && document.get("items") instanceof List<?> items) {
            items.forEach(item -> unpack(object(item)));
        } else {
            unpacked.add(document);
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> object(Object value) {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw invalid(
                "has something in it that is no object: " + (value instanceof List ? "a list" : "text or a number"));
    }

    /** The same as JSON can say it. */
    private Object value(Object given, int depth) {
        nodes++;
        if (nodes > MOST_VALUES) {
            throw tooLarge();
        }
        if (depth > DEEPEST) {
            throw invalid("has a document that is nested too deep");
        }
        if (given instanceof Map<?, ?> map) {
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((key, value) -> object.put(String.valueOf(key), value(value, depth + 1)));
            return object;
        }
        if (given instanceof List<?> list) {
            List<Object> values = new ArrayList<>(list.size());
            list.forEach(value -> values.add(value(value, depth + 1)));
            return values;
        }
        if (given == null
                || given instanceof String
                || given instanceof Boolean
                || given instanceof Integer
                || given instanceof Long
                || given instanceof BigInteger
                || given instanceof Double number && Double.isFinite(number)) {
            return given;
        }
        throw invalid("has a value of a kind that JSON doesn't know");
    }

    private InvalidManifestException tooLarge() {
        return invalid("has a document that is too large: of more than " + MOST_VALUES + " values");
    }

    private InvalidManifestException invalid(String what) {
        return new InvalidManifestException(Reason.BOOTSTRAP_INVALID, text.where() + " " + what);
    }
}
