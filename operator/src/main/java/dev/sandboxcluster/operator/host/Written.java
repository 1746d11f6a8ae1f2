package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/** What an attempt to write came to: an object as the API server has it, or what keeps it from being written. */
public record Written<T>(Optional<T> object, Optional<Verdict> problem) {}
