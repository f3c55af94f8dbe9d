package io.tiphys.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tiphys.base.machine.Disk;
import io.tiphys.store.Store;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The laws that a class file can break; see ARCHITECTURE.md. */
class LawsTest {
  private static final String[] COMPONENTS = {
    "io.tiphys.controllers..",
    "io.tiphys.scheduler..",
    "io.tiphys.node..",
    "io.tiphys.network..",
    "io.tiphys.client.."
  };

  private static JavaClasses assembly;

  @BeforeAll
  static void read() {
    assembly =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tiphys");
  }

  @Test
  void onlyObjectStorageWritesToTheStore() {
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.server..")
        .and()
        .doNotHaveFullyQualifiedName("io.tiphys.server.registry.ObjectStorage")
        .and()
        .doNotHaveFullyQualifiedName("io.tiphys.server.registry.KeyMigration")
        .and()
        // Keys of node ports are no objects.
        .doNotHaveFullyQualifiedName("io.tiphys.server.services.PortRepair")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "it writes to the store",
                call ->
                    call.getTargetOwner().isAssignableTo(Store.class)
                        && Set.of("put", "delete", "commit").contains(call.getTarget().getName())))
        .check(assembly);
  }

  @Test
  void onlyTheValidatingStageMakesWhatMayBeStored() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.tiphys.server.registry.Validated$Stage")
        .should()
        .callConstructorWhere(
            DescribedPredicate.describe(
                "it makes something that may be stored",
                call ->
                    call.getTargetOwner()
                        .getFullName()
                        .equals("io.tiphys.server.registry.Validated")))
        .check(assembly);
  }

  /** What counts of a quota is the same for who charges it and for who counts it again. */
  @Test
  void componentsNeitherKnowTheServerNorTheStore() {
    noClasses()
        .that()
        .resideInAnyPackage(COMPONENTS)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.tiphys.server..", "io.tiphys.store..", "io.tiphys.rules..")
                .and(resideOutsideOfPackage("io.tiphys.rules.quota..")))
        .check(assembly);
  }

  @Test
  void componentsNeverCallOneAnother() {
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.controllers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.scheduler..", "io.tiphys.node..", "io.tiphys.network..")
        .check(assembly);
    noClasses()
        .that()
        .resideInAPackage("io.tiphys.scheduler..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.controllers..", "io.tiphys.node..", "io.tiphys.network..")
        .check(assembly);
  }

  @Test
  void theFoundationKnowsNoKubernetes() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tiphys.base..", "io.tiphys.codec..", "io.tiphys.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tiphys.api..", "io.tiphys.meta..")
        .check(assembly);
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
        .check(assembly);
  }

  @Test
  void onlyTheAssembliesNameConcreteModulesTogether() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tiphys.assembly..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.tiphys.assembly..")
        .check(assembly);
  }

  /** A file that is renamed into place without care is empty after a power cut. */
  @Test
  void stateIsRenamedIntoPlaceByOneClass() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.tiphys.base.files..", "io.tiphys.base.machine..", "io.tiphys.build..")
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
        .orShould()
        .callMethod(Disk.class, "move", Path.class, Path.class)
        .check(assembly);
  }

  @Test
  void onlyItsModuleKnowsRocksDb() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tiphys.store.rocksdb..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(assembly);
  }
}
