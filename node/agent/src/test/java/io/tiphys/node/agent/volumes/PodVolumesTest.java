package io.tiphys.node.agent.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.ConfigMapProjection;
import io.tiphys.api.core.v1.ConfigMapVolumeSource;
import io.tiphys.api.core.v1.DownwardAPIProjection;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.EmptyDirVolumeSource;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.SecretVolumeSource;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.codec.Bytes;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodVolumesTest {
  @TempDir private Path root;
  private final ManualClock clock = new ManualClock();
  private final TestApiServer server = TestApiServer.open(clock, new Loops(clock, new Random(1)));
  private final OtherComponents api = new OtherComponents(server);
  private PodVolumes volumes;

  @BeforeEach
  void begin() {
    volumes =
        new PodVolumes(
            root.resolve("pods"),
            server.source(TestApiServer.ADMIN, "kubelet"),
            Map.of(),
            Machine.own().disk(),
            clock);
    map(Map.of("a", "1", "b", "two"));
    api.put(
        CoreV1.SECRETS,
        Secret.builder().metadata(meta("sec")).data(Map.of("pw", Bytes.utf8("hush"))).build());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void map(Map<String, String> data) {
    api.put(CoreV1.CONFIGMAPS, ConfigMap.builder().metadata(meta("cm")).data(data).build());
  }

  private static ObjectMeta meta(String name) {
    return ObjectMeta.builder()
        .name(name)
        .namespace("default")
        .uid("uid-" + name)
        .labels(Map.of("app", "x"))
        .build();
  }

  private static Pod pod(Volume volume) {
    return Pod.builder()
        .metadata(meta("web"))
        .spec(PodSpec.builder().volumes(List.of(volume)).build())
        .build();
  }

  private Path mount(Volume volume) throws VolumeProblem {
    return volumes.mount(pod(volume)).getOrDefault("v", root);
  }

  private static Volume configMap(
      String name, @Nullable Boolean optional, @Nullable Integer mode, KeyToPath... items) {
    return Volume.builder()
        .name("v")
        .configMap(
            ConfigMapVolumeSource.builder()
                .name(name)
                .optional(optional)
                .defaultMode(mode)
                .items(List.of(items))
                .build())
        .build();
  }

  private static Volume secret(String name, KeyToPath... items) {
    return Volume.builder()
        .name("v")
        .secret(SecretVolumeSource.builder().secretName(name).items(List.of(items)).build())
        .build();
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void keysAreFilesWithTheModeAskedFor() throws Exception {
    Path folder = mount(configMap("cm", null, 0640));
    assertThat(folder.resolve("a")).hasContent("1");
    assertThat(folder.resolve("b")).hasContent("two");
    assertThat(permissions(folder.resolve("a"))).isEqualTo("rw-r-----");
  }

  @Test
  void itemsChooseKeysPathsAndModes() throws Exception {
    Path folder = mount(configMap("cm", null, null, new KeyToPath("a", "sub/a.txt", 0400)));
    assertThat(folder.resolve("sub/a.txt")).hasContent("1");
    assertThat(permissions(folder.resolve("sub/a.txt"))).isEqualTo("r--------");
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void contentFollowsTheObjectAndChangesAllAtOnce() throws Exception {
    Volume volume = configMap("cm", null, null);
    Path folder = mount(volume);
    Path version = folder.resolve("..data").toRealPath();
    volumes.refresh(pod(volume));
    assertThat(folder.resolve("..data").toRealPath()).isEqualTo(version);
    map(Map.of("a", "new", "c", "3"));
    volumes.refresh(pod(volume));
    assertThat(folder.resolve("a")).hasContent("new");
    assertThat(folder.resolve("c")).hasContent("3");
    assertThat(Files.exists(folder.resolve("b"))).isFalse();
    assertThat(version).doesNotExist();
  }

  @Test
  void theOptionalMayBeMissing() throws Exception {
    assertThat(mount(configMap("nope", true, null))).isDirectory();
    assertThat(mount(configMap("cm", true, null, new KeyToPath("nope", "x", null)))).isDirectory();
  }

  @Test
  void whatIsMissingIsSaidInUpstreamsWords() {
    assertProblem(configMap("nope", null, null), "configmap \"nope\" not found");
    assertProblem(secret("nope"), "secret \"nope\" not found");
    assertProblem(
        configMap("cm", null, null, new KeyToPath("nope", "x", null)),
        "configmap references non-existent config key: nope");
    assertProblem(
        secret("sec", new KeyToPath("nope", "x", null)),
        "secret references non-existent secret key: nope");
  }

  private void assertProblem(Volume volume, String why) {
    assertThatThrownBy(() -> mount(volume))
        .isInstanceOf(VolumeProblem.class)
        .hasMessage("MountVolume.SetUp failed for volume \"v\" : " + why);
  }

  @Test
  void aProjectionGathersFromSeveral() throws Exception {
    VolumeProjection map =
        VolumeProjection.builder()
            .configMap(ConfigMapProjection.builder().name("cm").build())
            .build();
    VolumeProjection own =
        VolumeProjection.builder()
            .downwardAPI(
                DownwardAPIProjection.builder()
                    .items(
                        List.of(
                            DownwardAPIVolumeFile.builder()
                                .path("labels")
                                .fieldRef(
                                    ObjectFieldSelector.builder()
                                        .fieldPath("metadata.labels")
                                        .build())
                                .build()))
                    .build())
            .build();
    Path folder =
        mount(
            Volume.builder()
                .name("v")
                .projected(ProjectedVolumeSource.builder().sources(List.of(map, own)).build())
                .build());
    assertThat(folder.resolve("b")).hasContent("two");
    assertThat(folder.resolve("labels")).hasContent("app=\"x\"");
  }

  @Test
  void onlyWhatComesFromTheApiIsReadOnly() {
    assertThat(PodVolumes.isReadOnly(pod(configMap("cm", null, null)), "v")).isTrue();
    assertThat(PodVolumes.isReadOnly(pod(empty()), "v")).isFalse();
    assertThat(PodVolumes.isReadOnly(pod(empty()), "other")).isFalse();
  }

  private static Volume empty() {
    return Volume.builder().name("v").emptyDir(EmptyDirVolumeSource.EMPTY).build();
  }

  @Test
  void anEmptyFolderIsOpenToAllAndKeepsWhatIsInIt() throws Exception {
    Path folder = mount(empty());
    assertThat(permissions(folder)).isEqualTo("rwxrwxrwx");
    Files.writeString(folder.resolve("x"), "mine");
    assertThat(mount(empty()).resolve("x")).hasContent("mine");
  }

  private Path hostPath(Path path, String type) throws VolumeProblem {
    return mount(
        Volume.builder()
            .name("v")
            .hostPath(HostPathVolumeSource.builder().path(path.toString()).type(type).build())
            .build());
  }

  @Test
  void hostPathsAreMadeOrCheckedByTheirType() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "x");
    assertThat(hostPath(root.resolve("made"), "DirectoryOrCreate")).isDirectory();
    assertThat(hostPath(root.resolve("made-file"), "FileOrCreate")).isEmptyFile();
    assertThat(hostPath(file, "File")).isEqualTo(file);
    assertThatThrownBy(() -> hostPath(file, "Directory"))
        .hasMessageEndingWith("hostPath type check failed: " + file + " is not a directory");
    assertThatThrownBy(() -> hostPath(root.resolve("nope"), "File"))
        .hasMessageEndingWith(" is not a file");
  }

  @Test
  void volumesGoBeforeThePodAndThePodsThatNobodyKnowsGoAltogether() throws Exception {
    mount(empty());
    Path pod = volumes.podFolder("uid-web");
    Files.writeString(pod.resolve("etc-hosts"), "x");
    volumes.unmountVolumes("uid-web");
    assertThat(pod.resolve("volumes")).doesNotExist();
    assertThat(pod.resolve("etc-hosts")).exists();
    Files.createDirectories(volumes.podFolder("other"));
    volumes.unmountAllBut("other"::equals);
    assertThat(pod).doesNotExist();
    assertThat(volumes.podFolder("other")).exists();
  }

  @Test
  void aHostPathOfAnotherTypeIsRefusedInUpstreamsWords() throws IOException {
    Path file = Files.createFile(root.resolve("file"));
    Map<String, String> words =
        Map.of(
            "Directory", "directory",
            "Socket", "socket file",
            "CharDevice", "character device",
            "BlockDevice", "block device");
    words.forEach(
        (type, word) ->
            assertProblem(
                Volume.builder()
                    .name("v")
                    .hostPath(
                        HostPathVolumeSource.builder().path(file.toString()).type(type).build())
                    .build(),
                "hostPath type check failed: %s is not a %s".formatted(file, word)));
  }
}
