package dev.sandboxcluster.e2e.story;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.opentest4j.TestAbortedException;

/** Remembers how the steps of a story ended, and skips those that need one that did not succeed. */
final class Steps implements BeforeAllCallback, BeforeEachCallback, TestWatcher {

    private static final String SUCCEEDED = "succeeded";

    @Override
    public void beforeAll(ExtensionContext context) {
        requireThatNeededStepsComeBefore(context.getRequiredTestClass());
    }

    /**
     * A need that no earlier step can meet is a mistake in the story.
     *
     * @throws ExtensionConfigurationException if there is one
     */
    static void requireThatNeededStepsComeBefore(Class<?> story) {
        List<Method> methods =
                AnnotationSupport.findAnnotatedMethods(story, Testable.class, HierarchyTraversalMode.TOP_DOWN);
        Map<String, Method> steps = methods.stream().collect(Collectors.toMap(Method::getName, Function.identity()));
        methods.forEach(step -> needs(step).forEach(needed -> {
            if (!steps.containsKey(needed)) {
                throw new ExtensionConfigurationException(
                        "%s needs %s, which is no step of %s".formatted(step.getName(), needed, story.getSimpleName()));
            }
            if (order(steps.get(needed)) >= order(step)) {
                throw new ExtensionConfigurationException(
                        "%s needs %s, which does not come before it".formatted(step.getName(), needed));
            }
        }));
    }

    /** Not a condition, so that a step that has a reason of its own not to run is skipped for that one. */
    @Override
    public void beforeEach(ExtensionContext context) {
        for (String needed : needs(context.getRequiredTestMethod())) {
            String ending = endings(context).getOrDefault(needed, String.class, "did not run");
            if (!ending.equals(SUCCEEDED)) {
                throw new TestAbortedException("needs " + needed + ", which " + ending);
            }
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        ended(context, SUCCEEDED);
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        ended(context, "failed");
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        ended(context, "was skipped");
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        ended(context, "was skipped");
    }

    private static void ended(ExtensionContext context, String how) {
        endings(context).put(context.getRequiredTestMethod().getName(), how);
    }

    /** Of the class, which lasts as long as its story. */
    private static Store endings(ExtensionContext context) {
        return context.getParent().orElseThrow().getStore(Namespace.create(Steps.class));
    }

    private static List<String> needs(Method step) {
        return AnnotationSupport.findAnnotation(step, Needs.class)
                .map(needs -> List.of(needs.value()))
                .orElse(List.of());
    }

    private static int order(Method step) {
        return AnnotationSupport.findAnnotation(step, Order.class)
                .map(Order::value)
                .orElse(Order.DEFAULT);
    }
}
