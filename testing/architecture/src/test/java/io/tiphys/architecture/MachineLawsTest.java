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
import io.tiphys.base.files.AtomicFile;
import io.tiphys.base.files.FileTrees;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.OpenFile;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever uses disk, network, processes, environment or randomness was given them: from the
 * foundation up to the applications and the simulation, which give them, nothing asks the JVM.
 * Method references count as calls.
 */
class MachineLawsTest {
  private static final String CONSTRUCTOR = "<init>";

  private static final Map<Class<?>, Set<String>> NETWORK =
      Map.of(
          Socket.class, Set.of(CONSTRUCTOR),
          ServerSocket.class, Set.of(CONSTRUCTOR),
          DatagramSocket.class, Set.of(CONSTRUCTOR),
          SocketChannel.class, Set.of("open"),
          ServerSocketChannel.class, Set.of("open"),
          DatagramChannel.class, Set.of("open"),
          HttpClient.class, Set.of("newBuilder", "newHttpClient"));

  private static final Map<Class<?>, Set<String>> PROCESSES =
      Map.of(
          ProcessBuilder.class, Set.of(CONSTRUCTOR, "startPipeline"),
          Runtime.class, Set.of("exec", "availableProcessors", "maxMemory", "totalMemory"),
          ProcessHandle.class, Set.of("of", "current", "allProcesses"),
          System.class, Set.of("getenv", "getProperty", "getProperties", "setProperty"),
          Machine.class, Set.of("own"));

  private static final Map<Class<?>, Set<String>> RANDOMNESS =
      Map.of(
          Random.class, Set.of(CONSTRUCTOR),
          SplittableRandom.class, Set.of(CONSTRUCTOR),
          SecureRandom.class, Set.of(CONSTRUCTOR, "getInstance", "getInstanceStrong"),
          ThreadLocalRandom.class, Set.of("current"),
          UUID.class, Set.of("randomUUID"),
          Math.class, Set.of("random"));

  private static final Set<Class<?>> DISK =
      Set.of(
          Files.class,
          FileChannel.class,
          FileInputStream.class,
          FileOutputStream.class,
          RandomAccessFile.class);

  /** Static ways to files: by descriptors that no link misleads, and whole replacements. */
  private static final Map<Class<?>, Set<String>> FILES_BESIDE_THE_DISK =
      Map.of(
          OpenFile.class, Set.of("at"),
          FileTree.class, Set.of("delete", "forEach"),
          FileTrees.class, Set.of("usage"),
          AtomicFile.class,
              Set.of("write", "writeUnsynced", "rename", "moveIntoPlace", "syncFolder"));

  /** Whoever deletes or opens what a pod may change at the same time: only the kernel can do it. */
  private static final Set<String> BESIDE_PODS =
      Set.of(
          "io.tiphys.controllers.volumes.LocalFolders",
          "io.tiphys.node.agent.Messages",
          "io.tiphys.node.agent.containers.ContainerConfigs",
          "io.tiphys.node.agent.volumes.AtomicFolder",
          "io.tiphys.node.agent.volumes.PodVolumes",
          "io.tiphys.node.agent.volumes.SubPaths",
          "io.tiphys.node.engine.Leftovers");

  /** Trees of layers with links, owners, devices and times, which root unpacks as it finds them. */
  private static final Set<String> LAYERS =
      Set.of(
          "io.tiphys.node.engine.files.ScopedFile",
          "io.tiphys.node.engine.files.UnixFile",
          "io.tiphys.node.engine.images.ArchiveContent",
          "io.tiphys.node.engine.images.ContentStore",
          "io.tiphys.node.engine.images.ImageIndex",
          "io.tiphys.node.engine.images.ImageLoad",
          "io.tiphys.node.engine.images.Images",
          "io.tiphys.node.engine.images.LayerPaths",
          "io.tiphys.node.engine.images.LayerStore",
          "io.tiphys.node.engine.images.LayerUnpacker",
          "io.tiphys.node.engine.images.Registries");

  /** What is read and written for runc, conmon and the kernel, by their own rules. */
  private static final Set<String> CONTAINERS =
      Set.of(
          "io.tiphys.node.engine.CgroupParents",
          "io.tiphys.node.engine.Containers",
          "io.tiphys.node.engine.Engine",
          "io.tiphys.node.engine.EngineImages",
          "io.tiphys.node.engine.EngineRuntime",
          "io.tiphys.node.engine.Identity",
          "io.tiphys.node.engine.Lives",
          "io.tiphys.node.engine.Resources",
          "io.tiphys.node.engine.Sandboxes",
          "io.tiphys.node.engine.Streams",
          "io.tiphys.node.engine.Teardown",
          "io.tiphys.node.engine.process.AttachSession",
          "io.tiphys.node.engine.process.Conmon",
          "io.tiphys.node.engine.process.OciRuntime",
          "io.tiphys.node.engine.process.PidNamespaceHolder",
          "io.tiphys.node.engine.process.Programs",
          "io.tiphys.node.engine.spec.DevicesSpec",
          "io.tiphys.node.engine.spec.HostAbilities",
          "io.tiphys.node.engine.spec.SeccompSpec");

  /** RocksDB is native code that opens its files itself; these stand around them. */
  private static final Set<String> ROCKSDB =
      Set.of(
          "io.tiphys.store.rocksdb.Database",
          "io.tiphys.store.rocksdb.NativeLibrary",
          "io.tiphys.store.rocksdb.StoreFolder");

  /** Who reaches the disk by itself, and why; none may be added. */
  private static final Set<String> WITH_A_DISK_OF_THEIR_OWN =
      Stream.of(LAYERS, CONTAINERS, ROCKSDB)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** Who still asks for what the process was told; none may be added. */
  private static final Set<String> ASKING =
      Set.of("io.tiphys.server.http.ApiListener", "io.tiphys.store.rocksdb.StoreFolder");

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
  void theNetworkIsAConstructorArgument() {
    check("reaches the network by itself", access -> isOneOf(NETWORK, access));
    check(
        "looks a name up by itself",
        access ->
            access.getTargetOwner().isEquivalentTo(InetSocketAddress.class)
                && access.getName().equals(CONSTRUCTOR)
                && access.getTarget().getFullName().contains("String"));
  }

  @Test
  void processesAndEnvironmentAreConstructorArguments() {
    check(
        "asks for programs or what this one was told",
        access ->
            isOneOf(PROCESSES, access) && !ASKING.contains(outermost(access.getOriginOwner())));
  }

  @Test
  void randomnessIsAConstructorArgument() {
    check("has a randomness of its own", access -> isOneOf(RANDOMNESS, access));
  }

  @Test
  void theDiskIsAConstructorArgument() {
    check(
        "reaches the disk by itself",
        access ->
            DISK.stream().anyMatch(access.getTargetOwner()::isEquivalentTo)
                && !WITH_A_DISK_OF_THEIR_OWN.contains(outermost(access.getOriginOwner())));
    check(
        "reaches files beside the disk it was given",
        access ->
            isOneOf(FILES_BESIDE_THE_DISK, access)
                && !BESIDE_PODS.contains(outermost(access.getOriginOwner()))
                && !WITH_A_DISK_OF_THEIR_OWN.contains(outermost(access.getOriginOwner())));
  }

  /** A class that is not on a list any more, or is on it for nothing, is no exception. */
  @Test
  void everyExceptionOfTheDiskIsOne() {
    Predicate<JavaAccess<?>> any =
        access ->
            DISK.stream().anyMatch(access.getTargetOwner()::isEquivalentTo)
                || isOneOf(FILES_BESIDE_THE_DISK, access);
    Set<String> present =
        classes.stream()
            .filter(each -> each.getAccessesFromSelf().stream().anyMatch(any))
            .map(MachineLawsTest::outermost)
            .collect(Collectors.toSet());
    assertThat(present).containsAll(BESIDE_PODS).containsAll(WITH_A_DISK_OF_THEIR_OWN);
  }

  private static boolean isOneOf(Map<Class<?>, Set<String>> forbidden, JavaAccess<?> access) {
    return forbidden.entrySet().stream()
        .anyMatch(
            entry ->
                access.getTargetOwner().isEquivalentTo(entry.getKey())
                    && entry.getValue().contains(access.getName()));
  }

  private static String outermost(JavaClass owner) {
    return owner.getName().split("\\$", 2)[0];
  }

  private static void check(String does, Predicate<JavaAccess<?>> forbidden) {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.tiphys.base..",
            "io.tiphys.codec..",
            "io.tiphys.linux..",
            "io.tiphys.build..",
            "io.tiphys.assembly..",
            "io.tiphys.simulation..",
            "io.tiphys.cli..")
        .should(accessTargetWhere(DescribedPredicate.describe(does, forbidden)))
        .check(classes);
  }
}
