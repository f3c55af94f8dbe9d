package io.tiphys.node.agent;

import static io.tiphys.node.agent.Given.main;
import static io.tiphys.node.agent.Given.pod;
import static io.tiphys.node.agent.Given.sidecar;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerState;
import io.tiphys.api.core.v1.ContainerStateRunning;
import io.tiphys.api.core.v1.ContainerStateTerminated;
import io.tiphys.api.core.v1.ContainerStateWaiting;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.Pod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * States are letters: {@code w} waits and never ran, {@code r} runs, {@code 0} and {@code 1} ended
 * with that code, {@code b} backs off after a failure. Upper case is a sidecar; {@code S} one that
 * has started, {@code R} one that has not yet.
 */
final class PodPhaseTest {
  @ParameterizedTest
  @CsvSource({
    "Always,    -,  w,  false, Pending",
    "Always,    -,  r,  true,  Running",
    "Always,    -,  rw, true,  Pending",
    "Always,    -,  b,  true,  Running",
    "Always,    -,  0,  true,  Running",
    "OnFailure, -,  0,  true,  Succeeded",
    "OnFailure, -,  1,  true,  Running",
    "OnFailure, -,  0b, true,  Running",
    "Never,     -,  00, true,  Succeeded",
    "Never,     -,  01, true,  Failed",
    "Never,     -,  0r, true,  Running",
    "Always,    w,  w,  false, Pending",
    "Always,    r,  w,  false, Pending",
    "Always,    1,  w,  false, Pending",
    "Always,    b,  w,  false, Pending",
    "Never,     1,  w,  false, Failed",
    "Always,    0,  r,  true,  Running",
    "Always,    R,  w,  false, Pending",
    "Always,    S,  r,  true,  Running",
    "Always,    W,  r,  true,  Running",
    "Never,     S,  0,  true,  Succeeded",
    "Never,     X,  1,  true,  Failed",
  })
  void phases(String policy, String init, String main, boolean begun, String phase) {
    List<Container> inits = new ArrayList<>();
    List<ContainerStatus> initStates = new ArrayList<>();
    for (int i = 0; i < init.length() && !init.equals("-"); i++) {
      char c = init.charAt(i);
      inits.add(Character.isUpperCase(c) ? sidecar("i" + inits.size()) : main("i" + inits.size()));
      initStates.add(status(c));
    }
    List<Container> mains = new ArrayList<>();
    List<ContainerStatus> mainStates = new ArrayList<>();
    for (int i = 0; i < main.length(); i++) {
      mains.add(main("c" + i));
      mainStates.add(status(main.charAt(i)));
    }
    Pod pod = pod(s -> s.restartPolicy(policy).initContainers(inits).containers(mains));
    assertThat(PodPhase.of(pod, initStates, mainStates, begun)).isEqualTo(phase);
  }

  private static ContainerStatus status(char letter) {
    ContainerState waiting =
        ContainerState.builder()
            .waiting(new ContainerStateWaiting("ContainerCreating", ""))
            .build();
    ContainerState running =
        ContainerState.builder().running(new ContainerStateRunning(Given.NOW)).build();
    ContainerStatus.Builder status = ContainerStatus.builder();
    return switch (letter) {
      case 'w', 'W' -> status.state(waiting).build();
      case 'r', 'R' -> status.state(running).started(false).build();
      case 'S' -> status.state(running).started(true).build();
      case '0' -> status.state(ended(0)).build();
      case '1', 'X' -> status.state(ended(1)).build();
      case 'b' -> status.state(waiting).lastState(ended(1)).build();
      default -> throw new IllegalArgumentException(String.valueOf(letter));
    };
  }

  private static ContainerState ended(int code) {
    return ContainerState.builder()
        .terminated(ContainerStateTerminated.builder().exitCode(code).build())
        .build();
  }
}
