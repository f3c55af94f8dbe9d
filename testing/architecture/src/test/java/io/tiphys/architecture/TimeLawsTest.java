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
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Time passes where a {@code Clock} says so: nobody asks the machine for the time, sleeps, or waits
 * for as long as the machine's clock takes. Method references count as calls.
 */
class TimeLawsTest {
  private static final Map<String, Set<String>> CLOCKS =
      Map.ofEntries(
          Map.entry("java.time.Instant", Set.of("now")),
          Map.entry("java.time.LocalDate", Set.of("now")),
          Map.entry("java.time.LocalDateTime", Set.of("now")),
          Map.entry("java.time.OffsetDateTime", Set.of("now")),
          Map.entry("java.time.ZonedDateTime", Set.of("now")),
          Map.entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system")),
          Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
          Map.entry("java.util.Date", Set.of("<init>")),
          Map.entry("java.util.Timer", Set.of("<init>")),
          Map.entry("java.lang.Thread", Set.of("sleep")),
          Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep")),
          Map.entry("java.util.concurrent.locks.LockSupport", Set.of("parkNanos", "parkUntil")));

  /** Methods that wait, when they are told for how long. */
  private static final Set<String> WAITS =
      Set.of(
          "acquire",
          "await",
          "awaitNanos",
          "awaitTermination",
          "awaitUntil",
          "get",
          "invokeAll",
          "join",
          "offer",
          "orTimeout",
          "poll",
          "schedule",
          "scheduleAtFixedRate",
          "scheduleWithFixedDelay",
          "tryAcquire",
          "tryLock",
          "wait",
          "waitFor");

  /** What still waits by the machine's clock: for a program, the kernel, or another server. */
  private static final Set<String> WAITING_BY_THE_MACHINE =
      Set.of("io.tiphys.linux.Nftables", "io.tiphys.node.engine.Container");

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
  void timeIsAConstructorArgument() {
    check("asks the machine for the time", TimeLawsTest::asksTheMachine);
  }

  @Test
  void waitsAreTimedByTheClock() {
    check(
        "waits by the machine's clock",
        access ->
            waitsByTheMachine(access)
                && !WAITING_BY_THE_MACHINE.contains(outermost(access.getOriginOwner())));
  }

  @Test
  void whatIsMendedIsNotExcusedAnyMore() {
    Set<String> waiting = new TreeSet<>();
    for (JavaClass candidate : classes) {
      if (candidate.getCodeUnitAccessesFromSelf().stream()
          .anyMatch(TimeLawsTest::waitsByTheMachine)) {
        waiting.add(outermost(candidate));
      }
    }

    assertThat(waiting).containsAll(WAITING_BY_THE_MACHINE);
  }

  private static boolean asksTheMachine(JavaAccess<?> access) {
    return CLOCKS
        .getOrDefault(access.getTargetOwner().getName(), Set.of())
        .contains(access.getName());
  }

  private static boolean waitsByTheMachine(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    boolean library = owner.startsWith("java.util.concurrent.") || owner.startsWith("java.lang.");
    return library
        && WAITS.contains(access.getName())
        && (access.getTarget().getFullName().contains("java.util.concurrent.TimeUnit")
            || access.getTarget().getFullName().contains("java.time.Duration")
            || access.getTarget().getFullName().endsWith("awaitNanos(long)")
            || access.getTarget().getFullName().endsWith("wait(long)"));
  }

  private static String outermost(JavaClass owner) {
    return owner.getName().split("\\$", 2)[0];
  }

  private static void check(String does, Predicate<JavaAccess<?>> forbidden) {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tiphys.base..", "io.tiphys.build..")
        .should(accessTargetWhere(DescribedPredicate.describe(does, forbidden)))
        .check(classes);
  }
}
