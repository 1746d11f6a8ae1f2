package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What an informer knows, as compressed JSON: all objects of a sandbox take 15 KiB instead of 110. They are read anew
 * each time one is asked for, which takes a tenth of a millisecond, and seldom happens.
 *
 * <p>For one informer alone: it takes what it did not put there for deleted.
 */
public final class CompactStore<R extends HasMetadata> implements ItemStore<R> {

    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final Class<R> type;
    private final KubernetesSerialization serialization;

    /** Makes an empty store. */
    public CompactStore(Class<R> type, KubernetesSerialization serialization) {
        this.type = type;
        this.serialization = serialization;
    }

    @Override
    public String getKey(R object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public R put(String key, R object) {
        return read(objects.put(key, written(object)));
    }

    @Override
    public R remove(String key) {
        return read(objects.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<R> values() {
        return objects.values().stream().map(this::read);
    }

    @Override
    public int size() {
        return objects.size();
    }

    @Override
    public R get(String key) {
        return read(objects.get(key));
    }

    private byte[] written(R object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream compressed = new DeflaterOutputStream(bytes, fast)) {
            compressed.write(serialization.asJson(object).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    private R read(byte[] written) {
        return Optional.ofNullable(written)
                .map(bytes -> serialization.unmarshal(new InflaterInputStream(new ByteArrayInputStream(bytes)), type))
                .orElse(null);
    }
}
