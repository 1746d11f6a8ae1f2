package dev.sandboxcluster.operator.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The {@code data} of a Secret, as the API server returns it: text, base64 encoded. */
public final class Base64Data {

    private Base64Data() {}

    /** Encodes every value. */
    public static Map<String, String> encode(Map<String, String> text) {
        Map<String, String> data = new TreeMap<>();
        text.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
        return data;
    }

    /** Decodes every value; one that is no base64 (the API server refuses such) is left out. */
    public static Map<String, String> decode(Map<String, String> data) {
        Map<String, String> text = new TreeMap<>();
        Optional.ofNullable(data).orElse(Map.of()).forEach((key, value) -> {
            try {
                text.put(key, new String(Base64.getDecoder().decode(value), UTF_8));
            } catch (IllegalArgumentException notBase64) {
                // As if it were not there: whoever needs the value says that it is missing.
            }
        });
        return text;
    }
}
