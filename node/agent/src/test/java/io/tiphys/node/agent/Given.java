package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.node.cri.ContainerMetadata;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandboxMetadata;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Pods and what an engine says of them, for tests. */
final class Given {
  /** The agent of the node called {@code node}, as every process has it. */
  static final User KUBELET =
      new User("system:node:node", "", List.of("system:nodes", User.AUTHENTICATED), Map.of());

  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final String UID = "11111111-2222-3333-4444-555555555555";
  static final String IP = "10.244.0.7";

  private Given() {}

  static Pod pod(UnaryOperator<PodSpec.Builder> spec) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder().name("web").namespace("default").uid(UID).generation(1L).build())
        .spec(
            spec.apply(
                    PodSpec.builder()
                        .restartPolicy("Always")
                        .automountServiceAccountToken(false)
                        .containers(List.of(main("c"))))
                .build())
        .status(PodStatus.builder().phase("Pending").qosClass("BestEffort").build())
        .build();
  }

  static Container main(String name) {
    return Container.builder().name(name).image("web:v1").imagePullPolicy("IfNotPresent").build();
  }

  static Container sidecar(String name) {
    return main(name).toBuilder().restartPolicy("Always").build();
  }

  /** One sandbox that is ready, with these containers. */
  static PodView view(ContainerStatus... containers) {
    return PodView.of(List.of(sandbox(0, PodSandboxState.SANDBOX_READY, containers)));
  }

  static PodSandboxStatusResponse sandbox(
      int attempt, PodSandboxState state, ContainerStatus... containers) {
    return new PodSandboxStatusResponse(
        new PodSandboxStatus(
            "sandbox-" + attempt,
            new PodSandboxMetadata("web", UID, "default", attempt),
            state,
            NOW.plusSeconds(attempt),
            new PodSandboxNetworkStatus(IP, List.of()),
            new NamespaceOption(NamespaceMode.POD, NamespaceMode.CONTAINER, NamespaceMode.POD, ""),
            Map.of(),
            Map.of(),
            ""),
        List.of(containers),
        NOW);
  }

  static ContainerStatus running(String name, int attempt) {
    return container(name, attempt, ContainerState.CONTAINER_RUNNING, 0, "");
  }

  static ContainerStatus created(String name, int attempt) {
    return container(name, attempt, ContainerState.CONTAINER_CREATED, 0, "");
  }

  static ContainerStatus exited(String name, int attempt, int code) {
    return container(
        name, attempt, ContainerState.CONTAINER_EXITED, code, code == 0 ? "Completed" : "Error");
  }

  private static ContainerStatus container(
      String name, int attempt, ContainerState state, int code, String reason) {
    @Nullable Instant started = state == ContainerState.CONTAINER_CREATED ? null : NOW;
    @Nullable Instant finished =
        state == ContainerState.CONTAINER_EXITED ? NOW.plusSeconds(1) : null;
    return new ContainerStatus(
        name + "-" + attempt,
        new ContainerMetadata(name, attempt),
        state,
        NOW.plusSeconds(attempt),
        started,
        finished,
        code,
        new ImageSpec("sha256:1", Map.of(), "web:v1", ""),
        "web@sha256:1",
        "sha256:1",
        reason,
        "",
        Map.of(),
        Map.of(),
        List.of(),
        "/logs/" + name + "/" + attempt + ".log",
        LinuxContainerResources.EMPTY,
        null,
        "SIGTERM");
  }
}
