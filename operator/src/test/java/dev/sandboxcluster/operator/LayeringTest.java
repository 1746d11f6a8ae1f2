package dev.sandboxcluster.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;

/** Three kinds of code in three kinds of package: pure, outer loop, adapters. */
@AnalyzeClasses(packages = "dev.sandboxcluster.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

    private static final String[] PURE = {
        "..cluster.desired..",
        "..cluster.checks..",
        "..credentials..",
        "..k3s..",
        "..workers.policy..",
        "..workers.join.."
    };

    @ArchTest
    static final ArchRule pureCodeReachesNoClient = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client",
                    "io.fabric8.kubernetes.client.dsl..",
                    "io.fabric8.kubernetes.client.informers..",
                    "io.javaoperatorsdk..",
                    "io.vertx..",
                    "java.net.http..",
                    "java.nio.file..");

    @ArchTest
    static final ArchRule pureCodeHasNoClockAndNoEnvironment = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule credentialsKnowNothingOfKubernetesObjects = noClasses()
            .that()
            .resideInAPackage("..credentials..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sandboxcluster.operator.cluster..", "dev.sandboxcluster.operator.tenant..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.sandboxcluster.operator.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingIsPrinted = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);
}
