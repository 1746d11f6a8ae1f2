package dev.sandboxcluster.operator.capability.classes;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An image as a spec names it: {@code [registry[:port]/]repository[:tag][@digest]}; pure. */
record ImageReference(String repository, Optional<String> tag, Optional<String> digest) {

    private static final Pattern PARTS = Pattern.compile("(.*?)(?::([^/:@]+))?(?:@(.+))?");

    static ImageReference of(String reference) {
        Matcher parts = PARTS.matcher(reference);
        return parts.matches()
                ? new ImageReference(
                        parts.group(1), Optional.ofNullable(parts.group(2)), Optional.ofNullable(parts.group(3)))
                : new ImageReference(reference, Optional.empty(), Optional.empty());
    }

    /** Whether it says no more than where images are. */
    boolean isRepository() {
        return tag.isEmpty() && digest.isEmpty();
    }
}
