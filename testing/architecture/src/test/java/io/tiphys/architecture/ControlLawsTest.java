package io.tiphys.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasParameterTypes;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tiphys.client.Informers;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What controllers, scheduler and the client below them must keep to; see ARCHITECTURE.md. */
class ControlLawsTest {
  /** Their order is that of hashes. */
  private static final Set<Class<?>> HASHED =
      Set.of(
          HashMap.class,
          HashSet.class,
          IdentityHashMap.class,
          WeakHashMap.class,
          ConcurrentHashMap.class);

  private static final Set<String> FACTORIES = Set.of("newKeySet", "newHashMap", "newHashSet");

  /** Collectors that take the collection to fill as a parameter have so many. */
  private static final Map<String, Integer> PARAMETERS_WITH_FACTORY =
      Map.of("toMap", 4, "toConcurrentMap", 4, "groupingBy", 3, "groupingByConcurrent", 3);

  private static final Set<String> COLLECTORS_WITHOUT_FACTORY =
      Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test/"))
            .importPackages("io.tiphys.controllers", "io.tiphys.scheduler", "io.tiphys.client");
  }

  @Test
  void aControllerKnowsTheKitAndNoOtherController() {
    slices()
        .matching("io.tiphys.controllers.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(), resideInAPackage("io.tiphys.controllers.kit.."))
        .check(classes);
  }

  /** The runner waits for whatever it has handed out. */
  @Test
  void controllersGetTheirCopiesFromTheRunnerAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.controllers..")
        .and()
        .areNotAssignableTo(ControllerRunner.class)
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "they open a copy that nobody waits for",
                call ->
                    call.getTargetOwner().isEquivalentTo(Informers.class)
                        || (call.getTargetOwner().isEquivalentTo(ControllerContext.class)
                            && call.getName().equals("informers"))))
        .check(classes);
  }

  /**
   * The same state leads to the same writes in the same order, whatever the JVM's salt. Sets and
   * maps of more than one constant are for looking up, so only constants of a class may be such.
   */
  @Test
  void noDecisionDependsOnTheOrderOfHashes() {
    noClasses()
        .should(
            accessTargetWhere(
                DescribedPredicate.describe(
                    "something is in the order of hashes", ControlLawsTest::isInOrderOfHashes)))
        .check(classes);
  }

  private static boolean isInOrderOfHashes(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof HasParameterTypes target)) {
      return false;
    }
    String name = access.getName();
    int parameters = target.getRawParameterTypes().size();
    if (access.getTargetOwner().isEquivalentTo(Collectors.class)) {
      Integer withFactory = PARAMETERS_WITH_FACTORY.get(name);
      return COLLECTORS_WITHOUT_FACTORY.contains(name)
          || (withFactory != null && parameters < withFactory);
    }
    boolean ofSet = access.getTargetOwner().isEquivalentTo(Set.class);
    boolean ofMap = access.getTargetOwner().isEquivalentTo(Map.class);
    if (ofSet || ofMap) {
      boolean constant = access.getOrigin().getName().equals("<clinit>");
      return name.equals("copyOf")
          || (name.equals("ofEntries") && !constant)
          || (name.equals("of") && parameters > (ofSet ? 1 : 2) && !constant);
    }
    return HASHED.stream().anyMatch(access.getTargetOwner()::isEquivalentTo)
        && (name.equals("<init>") || FACTORIES.contains(name));
  }
}
