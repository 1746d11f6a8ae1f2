package dev.sandboxcluster.operator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FULL_VOLUME         | write /data/server/db/etcd/member/wal/0.tmp: no space left on device
            FULL_VOLUME         | rpc error: code = Unknown desc = database or disk is full
            QUOTA_EXCEEDED      | pods "demo-0" is forbidden: exceeded quota: small, requested: cpu=1
            SERVICE_RANGE_FULL  | Internal error occurred: failed to allocate a serviceIP: range is full
            SERVICE_RANGE_FULL  | Internal error occurred: failed to allocate a nodePort: range is full
            QUOTA_WANTS_VALUES  | pods "demo-0" is forbidden: failed quota: small: must specify limits.cpu for: k3s
            OUT_OF_LIMIT_RANGE  | pods "demo-0" is forbidden: maximum cpu usage per Container is 500m.  No limit is specified
            OUT_OF_LIMIT_RANGE  | pods "demo-0" is forbidden: memory max limit to request ratio per Pod is 2, but provided ratio is 4.000000
            AUTHENTICATION_REFUSED | apiserver exited: jwt[0].claimMappings.username.expression: Invalid value: "claims.": compilation failed
            IMAGE_NOT_PULLED    | Failed to pull image "rancher/k3s:v1.33.99-k3s1": not found
            NO_RUNTIME_CLASS    | pods "demo-0" is forbidden: pod rejected: RuntimeClass "gvisor" not found
            NO_STORAGE_CLASS    | storageclass.storage.k8s.io "fast" not found
            WEBHOOK             | Internal error occurred: failed calling webhook "a.example.com"
            NO_POD_NETWORK      | container runtime network not ready: reason:NetworkPluginNotReady
            NETWORK_UNREACHABLE | Network is unreachable
            """)
    void whatIsSaid(Wording wording, String text) {
        assertThat(wording.isSaidIn(text)).isTrue();
        assertThat(wording.isSaidIn("something else")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"w1, true", "w2, false"})
    void aboutWhomItIsSaid(String node, boolean said) {
        assertThat(Wording.NO_ADDRESS.isSaidIn("dial tcp: lookup w1: no such host", node))
                .isEqualTo(said);
    }
}
