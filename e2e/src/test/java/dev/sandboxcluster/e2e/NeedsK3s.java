package dev.sandboxcluster.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Scenarios that need a real k3s. Where the sandboxes run the stand-in, each of them is reported as skipped; what their
 * class would set up for them isn't set up.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsK3s.Condition.class)
@interface NeedsK3s {

    /** What only k3s has or does. */
    String value();

    /** Decides for each scenario: a class that is skipped as a whole shows none. */
    final class Condition implements ExecutionCondition, InvocationInterceptor {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isEmpty() || !Testbed.standIn(context)) {
                return ConditionEvaluationResult.enabled("k3s, or not yet a scenario");
            }
            return ConditionEvaluationResult.disabled("needs a real k3s (K3S_BINARY or K3S_IMAGE): " + reason(context));
        }

        @Override
        public void interceptBeforeAllMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
                throws Throwable {
            proceedWithK3s(invocation, context);
        }

        @Override
        public void interceptAfterAllMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
                throws Throwable {
            proceedWithK3s(invocation, context);
        }

        private static void proceedWithK3s(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
            if (Testbed.standIn(context)) {
                invocation.skip();
            } else {
                invocation.proceed();
            }
        }

        private static String reason(ExtensionContext context) {
            return Optional.of(context.getRequiredTestMethod())
                    .flatMap(method -> AnnotationSupport.findAnnotation(method, NeedsK3s.class))
                    .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), NeedsK3s.class))
                    .orElseThrow()
                    .value();
        }
    }
}
