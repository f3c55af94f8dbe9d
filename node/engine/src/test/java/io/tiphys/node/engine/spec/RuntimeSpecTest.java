package io.tiphys.node.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.node.cri.Capability;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.KeyValue;
import io.tiphys.node.cri.LinuxContainerConfig;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxContainerUser;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.MountPropagation;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.SecurityProfile;
import io.tiphys.node.cri.SupplementalGroupsPolicy;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.images.ImageConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuntimeSpecTest {
  private static final long ALL = (1L << 41) - 1;
  private static final long WITHOUT_SYS_RESOURCE = ALL & ~(1L << 24);

  private static final List<String> PASSWD =
      List.of("root:x:0:0:root:/root:/bin/sh", "app:x:1000:1001::/:/bin/sh", "broken");
  private static final List<String> GROUP = List.of("app:x:1001:", "extra:x:2000:other,app");

  private static final ImageConfig IMAGE =
      new ImageConfig(
          "amd64",
          "linux",
          "",
          List.of("PATH=/image/bin", "A=image"),
          List.of("/entry"),
          List.of("image-arg"),
          "/work",
          "",
          Map.of(),
          List.of(),
          List.of());

  private static SpecRequest request(ContainerConfig config, ImageConfig image, long bounding) {
    return new SpecRequest(
        config,
        image,
        new SandboxSpace(
            Optional.of(Path.of("/s/net")),
            Optional.empty(),
            Optional.of(Path.of("/s/uts")),
            "pod-0",
            Path.of("/s/hostname"),
            Path.of("/s/hosts"),
            Path.of("/s/resolv.conf"),
            Path.of("/s/shm")),
        new HostAbilities(bounding, 0, 1, false),
        Path.of("/c/rootfs"),
        "/pods/c",
        Optional.of(77));
  }

  private static Document spec(ContainerConfig.Builder config) {
    SpecRequest request = request(config.build(), IMAGE, WITHOUT_SYS_RESOURCE);
    return new Document(RuntimeSpec.config(request, RuntimeSpec.user(request, PASSWD, GROUP)));
  }

  private static LinuxContainerConfig security(LinuxContainerSecurityContext.Builder security) {
    return new LinuxContainerConfig(LinuxContainerResources.EMPTY, security.build());
  }

  private static LinuxContainerSecurityContext.Builder context() {
    return LinuxContainerSecurityContext.builder();
  }

  private static LinuxContainerUser user(
      LinuxContainerSecurityContext.Builder security, String imageUser) {
    return ContainerUser.resolve(security.build(), imageUser, PASSWD, GROUP);
  }

  @Test
  void mergesCommandsAsKubernetesDoes() {
    ContainerConfig.Builder none = ContainerConfig.builder();
    assertThat(ProcessSpec.args(none.build(), IMAGE)).containsExactly("/entry", "image-arg");
    assertThat(ProcessSpec.args(none.args(List.of("mine")).build(), IMAGE))
        .containsExactly("/entry", "mine");
    ContainerConfig.Builder command = ContainerConfig.builder().command(List.of("/mine"));
    assertThat(ProcessSpec.args(command.build(), IMAGE)).containsExactly("/mine");
    assertThat(ProcessSpec.args(command.args(List.of("x")).build(), IMAGE))
        .containsExactly("/mine", "x");
  }

  @Test
  void theContainersEnvironmentGoesOverTheImages() {
    Document process =
        spec(ContainerConfig.builder().envs(List.of(new KeyValue("A", "mine"))).tty(true))
            .get("process");
    assertThat(process.texts("env"))
        .containsExactly("PATH=/image/bin", "HOSTNAME=pod-0", "TERM=xterm", "A=mine");
    assertThat(process.text("cwd")).isEqualTo("/work");
    assertThat(process.flag("terminal")).isTrue();
  }

  @Test
  void findsUsersAndGroups() {
    assertThat(user(context(), "")).isEqualTo(new LinuxContainerUser(0, 0, List.of(0L)));
    assertThat(user(context(), "app"))
        .isEqualTo(new LinuxContainerUser(1000, 1001, List.of(1001L, 2000L)));
    assertThat(user(context(), "1000:extra"))
        .isEqualTo(new LinuxContainerUser(1000, 2000, List.of(2000L)));
    assertThat(user(context().runAsUser(5L), "app"))
        .isEqualTo(new LinuxContainerUser(5, 0, List.of(0L)));
    assertThat(
            user(
                context()
                    .runAsUser(1000L)
                    .runAsGroup(9L)
                    .supplementalGroups(List.of(3L))
                    .supplementalGroupsPolicy(SupplementalGroupsPolicy.STRICT),
                ""))
        .isEqualTo(new LinuxContainerUser(1000, 9, List.of(9L, 3L)));
    assertThatThrownBy(() -> user(context(), "nobody")).hasMessageContaining("unable to find user");
    assertThatThrownBy(() -> user(context().runAsGroup(1L), "app"))
        .hasMessageContaining("user group is specified without user");
  }

  @Test
  void givesCapabilitiesThatAreThereToGive() {
    HostAbilities host = new HostAbilities(WITHOUT_SYS_RESOURCE, 0, 1, false);
    assertThat(CapabilitySet.of(Capability.EMPTY, false, host))
        .hasSize(14)
        .contains("CAP_CHOWN")
        .doesNotContain("CAP_SYS_ADMIN");
    assertThat(CapabilitySet.of(Capability.EMPTY, true, host))
        .hasSize(40)
        .doesNotContain("CAP_SYS_RESOURCE");
    Capability only = new Capability(List.of("net_admin"), List.of("ALL"), List.of());
    assertThat(CapabilitySet.of(only, false, host)).containsExactly("CAP_NET_ADMIN");
    Capability allButOne = new Capability(List.of("ALL"), List.of("CAP_NET_RAW"), List.of());
    assertThat(CapabilitySet.of(allButOne, false, host))
        .contains("CAP_SYS_ADMIN")
        .doesNotContain("CAP_NET_RAW");
    Capability unknown = new Capability(List.of("FLY"), List.of(), List.of());
    assertThatThrownBy(() -> CapabilitySet.of(unknown, false, host)).hasMessageContaining("FLY");
  }

  @Test
  void clampsTheOomScoreToWhatIsAllowed() {
    assertThat(new HostAbilities(WITHOUT_SYS_RESOURCE, 100, 1, false).allowedOomScoreAdj(-997))
        .isEqualTo(100);
    assertThat(new HostAbilities(ALL, 100, 1, false).allowedOomScoreAdj(-997)).isEqualTo(-997);
    assertThat(new HostAbilities(ALL, 0, 1, false).allowedOomScoreAdj(5000)).isEqualTo(1000);
  }

  @Test
  void mountsWhatIsAskedForInsteadOfTheSystems() {
    Document spec =
        spec(
            ContainerConfig.builder()
                .mounts(
                    List.of(
                        Mount.of("/h/deep", "/data/deep/er"),
                        new Mount(
                            "/data/",
                            "/h/data",
                            true,
                            false,
                            MountPropagation.PROPAGATION_HOST_TO_CONTAINER),
                        Mount.of("/h/hosts", "/etc/hosts"))));
    List<Document> mounts = spec.elements("mounts");
    assertThat(mounts).extracting(m -> m.text("destination")).doesNotHaveDuplicates();
    assertThat(mounts.subList(mounts.size() - 3, mounts.size()))
        .extracting(m -> m.text("destination"))
        .containsExactly("/data", "/etc/hosts", "/data/deep/er");
    assertThat(mounts.get(mounts.size() - 3).texts("options"))
        .containsExactly("rbind", "rslave", "ro");
    assertThat(spec.get("linux").text("rootfsPropagation")).isEqualTo("rslave");
    assertThat(mounts)
        .filteredOn(m -> m.text("destination").equals("/sys"))
        .singleElement()
        .satisfies(m -> assertThat(m.texts("options")).contains("ro"));
  }

  @Test
  void joinsTheSandboxesNamespaces() {
    NamespaceOption target =
        new NamespaceOption(NamespaceMode.POD, NamespaceMode.TARGET, NamespaceMode.NODE, "t");
    List<Document> namespaces =
        spec(ContainerConfig.builder().linux(security(context().namespaceOptions(target))))
            .get("linux")
            .elements("namespaces");
    assertThat(namespaces)
        .extracting(n -> n.text("type") + "=" + n.text("path"))
        .containsExactly("mount=", "network=/s/net", "uts=/s/uts", "pid=/proc/77/ns/pid");
  }

  @Test
  void aPrivilegedContainerIsHeldBackByNothing() {
    SecurityProfile seccomp = new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");
    Document linux =
        spec(ContainerConfig.builder().linux(security(context().privileged(true).seccomp(seccomp))))
            .get("linux");
    assertThat(linux.texts("maskedPaths")).isEmpty();
    assertThat(linux.get("seccomp").isAbsent()).isTrue();
    assertThat(linux.elements("devices"))
        .anySatisfy(d -> assertThat(d.text("path")).isEqualTo("/dev/null"));
    assertThat(linux.get("resources").elements("devices"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.flag("allow")).isTrue());
  }

  @Test
  void theDefaultProfileForbidsByCapability() {
    SecurityProfile profile = new SecurityProfile(SecurityProfile.Type.RUNTIME_DEFAULT, "");
    assertThat(SeccompSpec.of(null, false, List.of())).isEmpty();
    String plain = SeccompSpec.of(profile, false, List.of()).orElseThrow().toString();
    assertThat(plain).contains("clone3", "pivot_root", "keyctl", "SCMP_CMP_MASKED_EQ");
    String admin =
        SeccompSpec.of(profile, false, List.of("CAP_SYS_ADMIN")).orElseThrow().toString();
    assertThat(admin).contains("keyctl", "kexec_load").doesNotContain("pivot_root", "clone3");
  }

  @Test
  void limitsAreOnlyThoseThisHostKnows() {
    LinuxContainerResources wanted =
        LinuxContainerResources.builder()
            .memoryLimitInBytes(10)
            .memorySwapLimitInBytes(10)
            .cpuShares(2)
            .unified(Map.of("memory.high", "5"))
            .build();
    Document v1 =
        new Document(ResourcesSpec.of(wanted, new HostAbilities(ALL, 0, 1, false)).json());
    assertThat(v1.get("memory").number("limit")).isEqualTo(10);
    assertThat(v1.get("memory").get("swap").isAbsent()).isTrue();
    assertThat(v1.get("unified").isAbsent()).isTrue();
    Document v2 = new Document(ResourcesSpec.of(wanted, new HostAbilities(ALL, 0, 2, true)).json());
    assertThat(v2.get("memory").number("swap")).isEqualTo(10);
    assertThat(v2.textMembers("unified")).containsEntry("memory.high", "5");
  }

  @Test
  void anExecIsTheContainersProcessWithAnotherCommand() {
    SpecRequest request = request(ContainerConfig.builder().build(), IMAGE, ALL);
    Document process =
        new Document(
            RuntimeSpec.exec(
                RuntimeSpec.config(request, RuntimeSpec.user(request, PASSWD, GROUP)),
                List.of("sh", "-i"),
                true));
    assertThat(process.texts("args")).containsExactly("sh", "-i");
    assertThat(process.flag("terminal")).isTrue();
    assertThat(process.texts("env")).contains("A=image", "TERM=xterm");
  }
}
