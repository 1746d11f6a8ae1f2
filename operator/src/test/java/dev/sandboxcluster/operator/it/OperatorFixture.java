package dev.sandboxcluster.operator.it;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The operator on a real API server, with the permissions that the chart gives it: one operator and one namespace for
 * every test.
 */
abstract class OperatorFixture {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    Sandboxes sandboxes;
    RunningOperator operator;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        operator = RunningOperator.start(HOST);
    }

    @AfterEach
    void stop() {
        operator.close();
    }
}
