package dev.sandboxcluster.e2e.story;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The earlier steps of a {@link Story} that this one builds on. If one of them did not succeed, this one is reported as
 * skipped, and the reason names it: what went wrong is reported once.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {

    /** The names of the steps' methods. */
    String[] value();
}
