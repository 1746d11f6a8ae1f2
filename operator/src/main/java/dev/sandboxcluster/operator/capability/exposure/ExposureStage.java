package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/** Writes the Service, and says where the API is to be reached. */
public final class ExposureStage {

    private ExposureStage() {}

    /** One request at most. */
    public static Outcome<Exposed> run(Round round, ExposureSettings settings) {
        Optional<Service> present =
                round.host().cached(Service.class, round.sandbox().name());
        Written<Service> service = round.host()
                .tryApply(ControlPlaneService.keepingFamilies(settings.type().service(round.sandbox()), present));
        Optional<ServiceAddresses> addresses = service.object().map(ServiceAddresses::of);
        return Outcome.of(new Exposed(
                        addresses,
                        addresses.flatMap(known -> settings.type()
                                .published(
                                        round.sandbox(),
                                        known,
                                        round.pod(),
                                        Optional.ofNullable(round.previous().endpoint()))),
                        Optional.of(settings.type().internal(round.sandbox())),
                        addresses.flatMap(settings.type()::forWorkers)))
                .withProblem(settings.type().missing().or(service::problem));
    }
}
