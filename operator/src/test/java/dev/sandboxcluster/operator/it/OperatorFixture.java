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

    /** The same operator, which hears of changes of a type of objects late, when the test lets it. */
    LateWatches hearLate(String plural) {
        LateWatches watches = new LateWatches(plural);
        operator.close();
        operator = RunningOperator.hearing(HOST, watches);
        return watches;
    }

    @AfterEach
    void stop() {
        operator.close();
    }
}
