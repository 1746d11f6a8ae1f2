package dev.sandboxcluster.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.opentest4j.TestAbortedException;

/**
 * The release from which users upgrade to the one under test; {@code e2e/upgrade-from} names it.
 *
 * @param chart its folder
 * @param image an archive
 * @param tag of the image
 */
record FormerRelease(Path chart, Path image, String tag) {

    private static final int NOT_IN_HISTORY = 3;

    /**
     * It is built, if it wasn't before.
     *
     * @throws TestAbortedException if this clone doesn't have it
     */
    static FormerRelease build() {
        Command.Result built = Bed.formerRelease().run(Duration.ofMinutes(10));
        if (built.exitCode() == NOT_IN_HISTORY) {
            throw new TestAbortedException(built.errors().strip());
        }
        Path folder = Path.of(built.ok().strip());
        return new FormerRelease(folder.resolve("chart"), folder.resolve("operator-image.tar"), "former");
    }
}
