package io.tiphys.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The laws that a class file can break; see ARCHITECTURE.md. */
class LawsTest {
  private static final String[] OFFICES = {
    "io.tiphys.controllers..",
    "io.tiphys.scheduler..",
    "io.tiphys.node..",
    "io.tiphys.network..",
    "io.tiphys.client.."
  };

  private static JavaClasses house;

  @BeforeAll
  static void read() {
    house =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tiphys");
  }

  @Test
  void officesNeitherKnowTheServerNorTheStore() {
    noClasses()
        .that()
        .resideInAnyPackage(OFFICES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.server..", "io.tiphys.store..", "io.tiphys.rules..")
        .check(house);
  }

  @Test
  void officesNeverCallOneAnother() {
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.controllers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.scheduler..", "io.tiphys.node..", "io.tiphys.network..")
        .check(house);
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.scheduler..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.controllers..", "io.tiphys.node..", "io.tiphys.network..")
        .check(house);
  }

  @Test
  void theFoundationKnowsNoKubernetes() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tiphys.base..", "io.tiphys.codec..", "io.tiphys.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.api..", "io.tiphys.meta..")
        .check(house);
  }

  @Test
  void theLanguageDoesNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tiphys.meta..", "io.tiphys.rules..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(house);
  }

  @Test
  void timeIsAConstructorArgument() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tiphys.base..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .check(house);
  }

  @Test
  void onlyTheHousesNameConcreteRoomsTogether() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tiphys.assembly..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.tiphys.assembly..")
        .check(house);
  }

  /** A file that is renamed into place without care is empty after a power cut. */
  @Test
  void stateIsRenamedIntoPlaceByOneClass() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tiphys.base.files..", "io.tiphys.build..")
        // Folders: the first is compared with what it should hold, the second is synced. Logs: a
        // power cut may take their end.
        .and()
        .doNotHaveSimpleName("AtomicFolder")
        .and()
        .doNotHaveSimpleName("LogRotation")
        .and()
        .doNotHaveSimpleName("LayerStore")
        .should()
        .callMethod(Files.class, "move", Path.class, Path.class, CopyOption[].class)
        .check(house);
  }

  @Test
  void onlyTheVaultKnowsRocksDb() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tiphys.store.rocksdb..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(house);
  }
}
