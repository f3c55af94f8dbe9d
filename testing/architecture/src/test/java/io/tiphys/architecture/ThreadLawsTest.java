package io.tiphys.architecture;

import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Threads come from {@code Loops} and {@code Threads}, which a simulation schedules and a process
 * supervises. Method references count as calls.
 */
class ThreadLawsTest {
  private static final String CONSTRUCTOR = "<init>";

  private static final Map<Class<?>, Set<String>> STARTS =
      Map.of(
          Thread.class,
          Set.of(CONSTRUCTOR, "ofVirtual", "ofPlatform", "startVirtualThread"),
          ThreadPoolExecutor.class,
          Set.of(CONSTRUCTOR),
          ScheduledThreadPoolExecutor.class,
          Set.of(CONSTRUCTOR),
          ForkJoinPool.class,
          Set.of(CONSTRUCTOR, "commonPool"));

  /** What of a stream or a future runs on the JVM's own pool. */
  private static final Set<String> PARALLEL = Set.of("parallel", "parallelStream");

  /**
   * Who starts a thread by himself, always for one piece of work that ends. None of it takes part
   * in a simulation: connections, programs, the kernel, and what a process does before it has
   * loops.
   */
  private static final Set<String> STARTERS =
      Set.of(
          "io.tiphys.assembly.LocalCluster",
          "io.tiphys.assembly.Opening",
          "io.tiphys.linux.ExitWatcher",
          "io.tiphys.linux.Namespaces",
          "io.tiphys.node.engine.Lives",
          "io.tiphys.node.engine.Streams",
          "io.tiphys.node.engine.images.ImagePull",
          "io.tiphys.node.engine.process.AttachSession",
          "io.tiphys.node.engine.process.Conmon",
          "io.tiphys.server.http.Exchange",
          "io.tiphys.server.http.ExchangeHandler",
          "io.tiphys.server.streams.CommandSession",
          "io.tiphys.server.streams.CommandUpgrade",
          "io.tiphys.server.streams.PortForwardUpgrade",
          "io.tiphys.server.streams.PortForwarder",
          "io.tiphys.server.streams.WebSocketMessages");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test/"))
            .importPackages("io.tiphys");
  }

  @Test
  void threadsAreAConstructorArgument() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tiphys.base..", "io.tiphys.build..")
        .should(
            accessTargetWhere(
                DescribedPredicate.describe(
                    "starts a thread by itself",
                    access ->
                        starts(access) && !STARTERS.contains(outermost(access.getOriginOwner())))))
        .check(classes);
  }

  @Test
  void whoIsMendedIsNotExcusedAnyMore() {
    Set<String> starting = new TreeSet<>();
    for (JavaClass candidate : classes) {
      if (candidate.getCodeUnitAccessesFromSelf().stream().anyMatch(ThreadLawsTest::starts)) {
        starting.add(outermost(candidate));
      }
    }

    assertThat(starting).containsAll(STARTERS);
  }

  private static boolean starts(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    boolean named =
        STARTS.entrySet().stream()
            .anyMatch(
                entry -> owner.isEquivalentTo(entry.getKey()) && entry.getValue().contains(name));
    boolean pooled =
        owner.isEquivalentTo(Executors.class)
            || (owner.getPackageName().startsWith("java.util") && PARALLEL.contains(name))
            || (owner.isAssignableTo(CompletableFuture.class) && name.endsWith("Async"));
    return named || pooled;
  }

  private static String outermost(JavaClass owner) {
    return owner.getName().split("\\$", 2)[0];
  }
}
