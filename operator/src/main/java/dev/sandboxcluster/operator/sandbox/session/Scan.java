package dev.sandboxcluster.operator.sandbox.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through a list of objects that may be large, as CustomResourceDefinitions are, of which little is looked at: what
 * isn't, is passed over as it comes, and never in memory.
 */
public final class Scan {

    private static final Logger LOG = LoggerFactory.getLogger(Scan.class);

    private static final int PAGE = 100;
    /** All annotations of an object together are no longer. */
    private static final int LONGEST_TEXT = 256 * 1024;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .build())
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private final HttpClient client;
    private final long most;
    private long read;
    private boolean tooLarge;

    Scan(HttpClient client, long most) {
        this.client = client;
        this.most = most;
    }

    /**
     * What it came to.
     *
     * @param resourceVersion from which on a watch tells what changes
     * @param bytes how many were gone through
     * @param complete whether there are no more than were gone through
     */
    public record Result(String resourceVersion, long bytes, boolean complete) {}

    private record Metadata(String resourceVersion, String next) {

        static final Metadata NONE = new Metadata("", "");

        static Metadata of(ListMeta meta) {
            return new Metadata(
                    meta.resourceVersion == null ? "" : meta.resourceVersion,
                    meta.next == null ? "" : "&continue=" + URLEncoder.encode(meta.next, StandardCharsets.UTF_8));
        }
    }

    private record ListMeta(
            String resourceVersion,

            @com.fasterxml.jackson.annotation.JsonProperty("continue")
            String next) {}

    <T> Result run(String url, Class<T> item, Consumer<T> each) {
        String begin = url + (url.contains("?") ? "&" : "?") + "limit=" + PAGE;
        Metadata first = page(begin, item, each);
        Metadata last = first;
        while (!last.next().isEmpty() && !tooLarge) {
            last = page(begin + last.next(), item, each);
        }
        return new Result(first.resourceVersion(), read, !tooLarge);
    }

    private <T> Metadata page(String url, Class<T> item, Consumer<T> each) {
        HttpResponse<InputStream> answer;
        try {
            answer = client.sendAsync(
                            client.newHttpRequestBuilder()
                                    .uri(url)
                                    .header("Accept", "application/json")
                                    .build(),
                            InputStream.class)
                    .get();
        } catch (InterruptedException e) {
            throw new NoAnswerException("no answer in time");
        } catch (ExecutionException e) {
            throw new KubernetesClientException(String.valueOf(e.getCause().getMessage()), e.getCause());
        }
        boolean ended = false;
        try {
            if (!answer.isSuccessful()) {
                throw new KubernetesClientException("HTTP " + answer.code(), answer.code(), null);
            }
            Counted body = new Counted(answer.body());
            Metadata metadata = items(body, item, each);
            ended = body.drain();
            return metadata;
        } catch (IOException e) {
            throw new KubernetesClientException("GET " + url + ": there is no list", e);
        } finally {
            if (!ended) {
                close(answer.body());
            }
        }
    }

    /** Not for what was read to its end: by then the connection may be another request's, and would be closed, too. */
    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.debug("Not closed", e);
        }
    }

    private <T> Metadata items(InputStream body, Class<T> item, Consumer<T> each) throws IOException {
        Metadata metadata = Metadata.NONE;
        try (JsonParser parser = MAPPER.createParser(body).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    metadata = Metadata.of(parser.readValueAs(ListMeta.class));
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        each.accept(parser.readValueAs(item));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException cut) {
            if (!tooLarge) {
                throw cut;
            }
        }
        return metadata;
    }

    /** Ends where enough was read. */
    private final class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        /** Gives whether the end was reached. */
        boolean drain() throws IOException {
            byte[] rest = new byte[256];
            while (!tooLarge) {
                if (read(rest, 0, rest.length) < 0) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (read >= most) {
                tooLarge = true;
                throw new IOException("too large");
            }
            int some = super.read(bytes, from, (int) Math.min(length, most - read));
            read += Math.max(some, 0);
            return some;
        }
    }
}
