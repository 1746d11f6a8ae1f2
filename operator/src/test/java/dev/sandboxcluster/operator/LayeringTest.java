package dev.sandboxcluster.operator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Three kinds of code: pure, which decides; adapters, which talk to somebody; and what connects them. docs/development.md
 * says for each package which it is.
 */
@AnalyzeClasses(packages = "dev.sandboxcluster.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

    private static final String OPERATOR = "dev.sandboxcluster.operator";
    private static final Set<String> PURE_PACKAGES =
            Set.of("config", "credentials", "k3s", "objects", "pod", "sandbox", "verdict");
    private static final Set<String> PURE_IN_CLUSTER =
            Set.of("LookAgain", "ReadyCheck", "Results", "Settings", "StatusReport", "WarmUp");
    private static final Set<String> PURE_IN_ROUTER = Set.of(
            "Activity",
            "Counted",
            "Report",
            "Route",
            "RouterLimits",
            "RouterSettings",
            "RouterTimes",
            "Routes",
            "RouteTable");
    private static final Pattern CAPABILITY =
            Pattern.compile(Pattern.quote(OPERATOR) + "\\.capability\\.((?:workers\\.)?[a-z0-9]+)(\\..*)?");

    /** In a capability, all but stages and sessions. */
    private static final DescribedPredicate<JavaClass> PURE = describe("pure", type -> {
        String name = type.getPackageName();
        if (!name.startsWith(OPERATOR + ".")) {
            return false;
        }
        if (CAPABILITY.matcher(name).matches()) {
            return !name.endsWith(".session") && !outermost(type).endsWith("Stage");
        }
        return PURE_PACKAGES.contains(name.substring(OPERATOR.length() + 1))
                || name.equals(OPERATOR + ".cluster") && PURE_IN_CLUSTER.contains(outermost(type))
                || name.equals(OPERATOR + ".router") && PURE_IN_ROUTER.contains(outermost(type));
    });

    private static final DescribedPredicate<JavaClass> OURS =
            describe("of the operator", type -> type.getPackageName().startsWith(OPERATOR));

    @ArchTest
    static final ArchRule pureCodeDependsOnPureCodeAlone =
            noClasses().that(PURE).should().dependOnClassesThat(OURS.and(not(PURE)));

    @ArchTest
    static final ArchRule pureCodeReachesNoClient = noClasses()
            .that(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client",
                    "io.fabric8.kubernetes.client.dsl..",
                    "io.fabric8.kubernetes.client.http..",
                    "io.fabric8.kubernetes.client.informers..",
                    "io.javaoperatorsdk..",
                    "io.vertx..",
                    "java.net.http..",
                    "java.nio.file..");

    @ArchTest
    static final ArchRule pureCodeHasNoClockAndNoEnvironment = noClasses()
            .that(PURE)
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.LocalDateTime.class, "now")
            .orShould()
            .callMethod(java.time.ZonedDateTime.class, "now")
            .orShould()
            .callMethod(java.time.OffsetDateTime.class, "now")
            .orShould()
            .callConstructor(java.util.Date.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
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

    /** The JDK has modules that the image lacks: what needs one of them runs in each test but those of the image. */
    @ArchTest
    static final ArchRule theImageHasWhatItNeedsOfTheJdk =
            noClasses().should().dependOnClassesThat(ofNoModuleOfTheImage());

    private static DescribedPredicate<JavaClass> ofNoModuleOfTheImage() {
        return describe("of a module that the image's Java runtime lacks", type -> ModuleLayer.boot().modules().stream()
                .filter(module -> module.getPackages().contains(type.getPackageName()))
                .map(Module::getName)
                .anyMatch(name -> !Image.MODULES.contains(name)));
    }

    /** Read when it is used: tests are looked for in another directory than they run in. */
    private static final class Image {

        private static final Set<String> MODULES = modules();

        private static Set<String> modules() {
            try (Stream<String> lines = Files.lines(Path.of("src/image/base-image"))) {
                String named = lines.filter(line -> line.startsWith("modules="))
                        .map(line -> line.substring("modules=".length()))
                        .findFirst()
                        .orElseThrow();
                return Configuration.empty()
                        .resolve(ModuleFinder.ofSystem(), ModuleFinder.of(), Set.of(named.split(",")))
                        .modules()
                        .stream()
                        .map(ResolvedModule::name)
                        .collect(Collectors.toSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What one capability may know of another are the values that it hands on: records, and interfaces of records. */
    @ArchTest
    static final ArchRule capabilitiesSeeOfEachOtherOnlyValues =
            classes().that().resideInAPackage(OPERATOR + ".capability..").should(useOnlyValuesOfOtherCapabilities());

    @ArchTest
    static final ArchRule stagesDoNotKnowWhoCallsThem = noClasses()
            .that()
            .haveSimpleNameEndingWith("Stage")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(OPERATOR + ".cluster..");

    @ArchTest
    static final ArchRule stagesCallNoOtherStage =
            classes().that().haveSimpleNameEndingWith("Stage").should(callNoOtherStage());

    @ArchTest
    static final ArchRule theRouterKnowsNothingOfReconciling = noClasses()
            .that()
            .resideInAPackage(OPERATOR + ".router..")
            .should()
            .dependOnClassesThat(OURS.and(not(describe("what every process has", type -> {
                String name = type.getPackageName();
                return name.startsWith(OPERATOR + ".router")
                        || name.equals(OPERATOR + ".http")
                        || name.equals(OPERATOR + ".metrics")
                        || outermost(type).equals("HostConnection");
            }))));

    @ArchTest
    static final ArchRule credentialsKnowNothingOfKubernetesObjects = noClasses()
            .that()
            .resideInAPackage("..credentials..")
            .should()
            .dependOnClassesThat(OURS.and(
                    not(describe("credentials", type -> type.getPackageName().endsWith(".credentials")))));

    @ArchTest
    static final ArchRule whatKubernetesHasNoCodeForIsReadInOnePlace = noClasses()
            .that()
            .haveNameMatching(".*(Check|Stage|Verdict|Diagnosis|Refusal|Api|Probe|Observation|State|Pass)")
            .should()
            .callMethod(String.class, "contains", CharSequence.class)
            .orShould()
            .callMethod(String.class, "matches", String.class);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.sandboxcluster.operator.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingIsPrinted = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    private static ArchCondition<JavaClass> useOnlyValuesOfOtherCapabilities() {
        return new ArchCondition<>("use only values of other capabilities") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    String theirs = capability(target);
                    if (!theirs.isEmpty()
                            && !theirs.equals(capability(type))
                            && !target.isRecord()
                            && !target.isInterface()) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> callNoOtherStage() {
        return new ArchCondition<>("call no other stage") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency ->
                                outermost(dependency.getTargetClass()).endsWith("Stage"))
                        .filter(dependency ->
                                !outermost(dependency.getTargetClass()).equals(outermost(type)))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static String capability(JavaClass type) {
        Matcher matcher = CAPABILITY.matcher(type.getPackageName());
        return matcher.matches() ? matcher.group(1) : "";
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(LayeringTest::outermost).orElse(type.getSimpleName());
    }
}
