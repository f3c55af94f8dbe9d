package io.tiphys.node.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.machine.Machine;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecurityTest {
  private static final List<String> MASKED = List.of("/proc/kcore", "/sys/firmware");
  private static final NamespaceOption NAMESPACES =
      new NamespaceOption(NamespaceMode.POD, NamespaceMode.CONTAINER, NamespaceMode.POD, "");

  private static Image image(@Nullable Long uid, String user) {
    return new Image("sha256:1", List.of(), List.of(), 0, uid, user, false);
  }

  private static LinuxContainerSecurityContext security(
      PodSecurityContext whole, SecurityContext own, Image image) throws ConfigProblem {
    Pod pod =
        Pod.builder()
            .metadata(ObjectMeta.builder().name("web").namespace("default").uid("u").build())
            .spec(PodSpec.builder().securityContext(whole).build())
            .build();
    Container container = Container.builder().name("c").securityContext(own).build();
    return Security.of(pod, container, NAMESPACES, image, MASKED);
  }

  @Test
  void theContainersOwnWordComesFirst() throws ConfigProblem {
    PodSecurityContext whole =
        PodSecurityContext.builder()
            .runAsUser(1000L)
            .runAsGroup(3000L)
            .fsGroup(2000L)
            .supplementalGroups(List.of(4000L))
            .build();
    SecurityContext own = SecurityContext.builder().runAsUser(7L).build();
    LinuxContainerSecurityContext context = security(whole, own, image(0L, ""));
    assertThat(context.runAsUser()).isEqualTo(7L);
    assertThat(context.runAsGroup()).isEqualTo(3000L);
    assertThat(context.supplementalGroups()).containsExactly(4000L, 2000L);
  }

  @Test
  void howHotEachProcessorGetsIsHiddenWhereTheKernelTells(@TempDir Path root) throws Exception {
    Path processors = Files.createDirectories(root.resolve("sys/devices/system/cpu"));
    Files.writeString(processors.resolve("possible"), "0-2,11\n");
    for (String with : List.of("cpu0", "cpu2", "cpu11", "cpu12")) {
      Files.createDirectories(processors.resolve(with).resolve("thermal_throttle"));
    }
    assertThat(MaskedPaths.of(Machine.own().disk(), root))
        .contains("/proc/kcore", "/sys/firmware")
        .filteredOn(path -> path.contains("cpu"))
        .containsExactly(
            "/sys/devices/system/cpu/cpu0/thermal_throttle",
            "/sys/devices/system/cpu/cpu2/thermal_throttle",
            "/sys/devices/system/cpu/cpu11/thermal_throttle");
    assertThat(MaskedPaths.of(Machine.own().disk(), root.resolve("nowhere"))).hasSize(12);
  }

  @Test
  void whatTheKernelShowsIsHiddenUnlessProcMountSaysOtherwise() throws ConfigProblem {
    SecurityContext own = SecurityContext.EMPTY;
    for (SecurityContext hiding :
        List.of(own, own.withProcMount("Default"), own.withPrivileged(true))) {
      LinuxContainerSecurityContext sent =
          security(PodSecurityContext.EMPTY, hiding, image(0L, ""));
      assertThat(sent.maskedPaths()).isEqualTo(MASKED);
      assertThat(sent.readonlyPaths()).contains("/proc/sys", "/proc/sysrq-trigger");
    }
    LinuxContainerSecurityContext open =
        security(PodSecurityContext.EMPTY, own.withProcMount("Unmasked"), image(0L, ""));
    assertThat(open.maskedPaths()).isEmpty();
    assertThat(open.readonlyPaths()).isEmpty();
  }

  @Test
  void whoMustNotBeRootIsNotWhoeverSaysSo() throws ConfigProblem {
    SecurityContext notRoot = SecurityContext.builder().runAsNonRoot(true).build();
    PodSecurityContext whole = PodSecurityContext.EMPTY;
    assertThat(security(whole, notRoot, image(65532L, "")).runAsUser()).isNull();
    assertThat(security(whole, notRoot.withRunAsUser(5L), image(0L, "")).runAsUser()).isEqualTo(5L);
    String where = " (pod: \"web_default(u)\", container: c)";
    assertThatThrownBy(() -> security(whole, notRoot, image(0L, "")))
        .hasMessage("container has runAsNonRoot and image will run as root" + where);
    assertThatThrownBy(() -> security(whole, notRoot, image(null, "app")))
        .hasMessage(
            "container has runAsNonRoot and image has non-numeric user (app), cannot verify user"
                + " is non-root"
                + where);
    assertThatThrownBy(() -> security(whole, notRoot.withRunAsUser(0L), image(5L, "")))
        .hasMessage("container's runAsUser breaks non-root policy" + where);
  }
}
