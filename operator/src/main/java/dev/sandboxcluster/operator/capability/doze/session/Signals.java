package dev.sandboxcluster.operator.capability.doze.session;

import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.objects.Identity;
import java.util.Optional;

/** Gives orders to the processes of a control plane. */
@FunctionalInterface
public interface Signals {

    /** Waits until the order was followed, for seconds at most; returns why it wasn't, or may not have been. */
    Optional<String> send(Identity sandbox, Order order);
}
