package dev.sandboxcluster.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class StepsTest {

    @Story
    static class Interrupted {

        private String made = "nothing";

        @Test
        @Order(1)
        void makes() {
            made = "something";
        }

        @Test
        @Order(2)
        void fails() {
            throw new AssertionError("broken");
        }

        @Test
        @Order(3)
        @Needs("fails")
        void builds() {
            throw new AssertionError("must not run");
        }

        @Test
        @Order(4)
        @Needs({"makes", "builds"})
        void buildsOnThat() {
            throw new AssertionError("must not run");
        }

        @Test
        @Order(5)
        @Disabled("no machine for it")
        void isDisabled() {}

        @Test
        @Order(6)
        @Needs("isDisabled")
        void buildsOnADisabledOne() {
            throw new AssertionError("must not run");
        }

        @Test
        @Order(7)
        @Needs("makes")
        void usesWhatWasMade() {
            assertThat(made).isEqualTo("something");
        }

        @Test
        @Order(8)
        void standsByItself() {}
    }

    @Story
    abstract static class Shared {

        @Test
        @Order(1)
        void begins() {
            begin();
        }

        @Test
        @Order(3)
        @Needs({"begins", "goesOn"})
        void ends() {}

        abstract void begin();
    }

    static class ThatFails extends Shared {

        @Override
        void begin() {
            throw new AssertionError("broken");
        }

        @Test
        @Order(2)
        void goesOn() {}
    }

    static class ThatSucceeds extends Shared {

        @Override
        void begin() {}

        @Test
        @Order(2)
        void goesOn() {}
    }

    @Story
    static class OfAMissingStep {

        @Test
        @Needs("forgotten")
        void step() {}
    }

    @Story
    static class InTheWrongOrder {

        @Test
        @Order(1)
        @Needs("later")
        void earlier() {}

        @Test
        @Order(2)
        void later() {}
    }

    @Test
    void whatNeedsAStepThatDidNotSucceedIsSkippedWithTheReasonAndTheOthersRun() {
        assertThat(endings(selectClass(Interrupted.class)))
                .containsExactly(
                        Map.entry("builds", "skipped: needs fails, which failed"),
                        Map.entry("buildsOnADisabledOne", "skipped: needs isDisabled, which was skipped"),
                        Map.entry("buildsOnThat", "skipped: needs builds, which was skipped"),
                        Map.entry("fails", "failed: broken"),
                        Map.entry("isDisabled", "skipped: no machine for it"),
                        Map.entry("makes", "succeeded"),
                        Map.entry("standsByItself", "succeeded"),
                        Map.entry("usesWhatWasMade", "succeeded"));
    }

    @Test
    void aStepThatIsRunAloneSaysWhatItNeeds() {
        assertThat(endings(selectMethod(Interrupted.class, "builds")))
                .containsExactly(Map.entry("builds", "skipped: needs fails, which did not run"));
    }

    @Test
    void classesThatShareAStoryAreToldApart() {
        assertThat(endings(selectClass(ThatFails.class), selectClass(ThatSucceeds.class)))
                .containsExactly(
                        Map.entry("begins", "failed: broken, succeeded"),
                        Map.entry("ends", "skipped: needs begins, which failed, succeeded"),
                        Map.entry("goesOn", "succeeded, succeeded"));
    }

    @Test
    void aNeedThatNoEarlierStepMeetsIsAMistake() {
        assertThatThrownBy(() -> Steps.requireThatNeededStepsComeBefore(OfAMissingStep.class))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("step needs forgotten, which is no step of OfAMissingStep");
        assertThatThrownBy(() -> Steps.requireThatNeededStepsComeBefore(InTheWrongOrder.class))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage("earlier needs later, which does not come before it");

        assertThat(told(selectClass(OfAMissingStep.class))
                        .containerEvents()
                        .failed()
                        .count())
                .isEqualTo(1);
    }

    private static EngineExecutionResults told(DiscoverySelector... stories) {
        return EngineTestKit.engine("junit-jupiter").selectors(stories).execute();
    }

    /** How each step ended, by its name; in the order of the stories if there are several. */
    private static Map<String, String> endings(DiscoverySelector... stories) {
        Map<String, String> endings = new TreeMap<>();
        EngineExecutionResults results = told(stories);
        results.testEvents().skipped().stream()
                .forEach(event -> endings.merge(
                        step(event), "skipped: " + event.getRequiredPayload(String.class), StepsTest::then));
        results.testEvents().finished().stream()
                .forEach(event -> endings.merge(
                        step(event), ending(event.getRequiredPayload(TestExecutionResult.class)), StepsTest::then));
        return endings;
    }

    private static String then(String one, String other) {
        return one + ", " + other;
    }

    private static String step(Event event) {
        return event.getTestDescriptor().getDisplayName().replace("()", "");
    }

    private static String ending(TestExecutionResult result) {
        String message =
                result.getThrowable().map(thrown -> ": " + thrown.getMessage()).orElse("");
        return switch (result.getStatus()) {
            case SUCCESSFUL -> "succeeded";
            case FAILED -> "failed" + message;
            case ABORTED -> "skipped" + message;
        };
    }
}
