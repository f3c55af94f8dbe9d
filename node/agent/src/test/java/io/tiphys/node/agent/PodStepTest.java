package io.tiphys.node.agent;

import static io.tiphys.node.agent.Given.created;
import static io.tiphys.node.agent.Given.exited;
import static io.tiphys.node.agent.Given.main;
import static io.tiphys.node.agent.Given.pod;
import static io.tiphys.node.agent.Given.running;
import static io.tiphys.node.agent.Given.sandbox;
import static io.tiphys.node.agent.Given.sidecar;
import static io.tiphys.node.agent.Given.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerRestartRule;
import io.tiphys.api.core.v1.ContainerRestartRuleOnExitCodes;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.PodSandboxState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PodStepTest {
  private static final Pod TWO_INITS =
      pod(
          s ->
              s.initContainers(List.of(main("i1"), main("i2")))
                  .containers(List.of(main("a"), main("b"))));

  private static String step(Pod pod, PodView view, String... started) {
    return switch (PodStep.of(pod, view, Set.of(started)::contains)) {
      case PodStep.Finish _ -> "finish";
      case PodStep.MakeSandbox _ -> "sandbox";
      case PodStep.Start(List<Container> containers, boolean initializing) ->
          (initializing ? "init " : "start ") + containers.stream().map(Container::name).toList();
    };
  }

  private static Pod with(String policy, Container... containers) {
    return pod(s -> s.restartPolicy(policy).containers(List.of(containers)));
  }

  @Test
  void firstASandboxThenInitContainersOneByOneThenAllMainOnes() {
    assertThat(step(TWO_INITS, PodView.of(List.of()))).isEqualTo("sandbox");
    assertThat(step(TWO_INITS, view())).isEqualTo("init [i1]");
    assertThat(step(TWO_INITS, view(running("i1", 0)))).isEqualTo("init []");
    assertThat(step(TWO_INITS, view(exited("i1", 0, 0)))).isEqualTo("init [i2]");
    assertThat(step(TWO_INITS, view(exited("i1", 0, 0), exited("i2", 0, 0))))
        .isEqualTo("start [a, b]");
    assertThat(step(TWO_INITS, view(exited("i1", 0, 0), exited("i2", 0, 0), running("a", 0))))
        .isEqualTo("start [b]");
  }

  @Test
  void aFailedInitContainerIsTriedAgainUnlessThePodNeverRestarts() {
    assertThat(step(TWO_INITS, view(exited("i1", 0, 3)))).isEqualTo("init [i1]");
    Pod onFailure = TWO_INITS.withSpec(TWO_INITS.spec().withRestartPolicy("OnFailure"));
    assertThat(step(onFailure, view(exited("i1", 0, 3)))).isEqualTo("init [i1]");
    Pod never = TWO_INITS.withSpec(TWO_INITS.spec().withRestartPolicy("Never"));
    assertThat(step(never, view(exited("i1", 0, 3)))).isEqualTo("finish");
  }

  @Test
  void initContainersThatWereRemovedAreNotRunAgainBesideMainOnes() {
    assertThat(step(TWO_INITS, view(running("a", 0), running("b", 0)))).isEqualTo("start []");
  }

  @Test
  void aNewSandboxIsInitializedAnewAndKeepsCounting() {
    PodView view =
        PodView.of(
            List.of(
                sandbox(
                    0, PodSandboxState.SANDBOX_NOTREADY, exited("i1", 0, 0), exited("a", 0, 255)),
                sandbox(1, PodSandboxState.SANDBOX_READY)));
    assertThat(step(TWO_INITS, view)).isEqualTo("init [i1]");
    assertThat(view.newest("i1")).extracting(s -> s.metadata().attempt()).isEqualTo(0);
    assertThat(view.inSandbox("i1")).isNull();
  }

  @Test
  void aSidecarHoldsBackWhatComesAfterUntilItHasStarted() {
    Pod pod = pod(s -> s.initContainers(List.of(sidecar("s"), main("i"))));
    assertThat(step(pod, view())).isEqualTo("init [s]");
    assertThat(step(pod, view(running("s", 0)))).isEqualTo("init []");
    assertThat(step(pod, view(running("s", 0)), "s")).isEqualTo("init [i]");
    assertThat(step(pod, view(running("s", 0), exited("i", 0, 0)), "s")).isEqualTo("start [c]");
  }

  @Test
  void aSidecarThatEndedComesBackWhileMainContainersRunOn() {
    Pod pod = pod(s -> s.restartPolicy("Never").initContainers(List.of(sidecar("s"))));
    assertThat(step(pod, view(exited("s", 0, 1), running("c", 0)))).isEqualTo("start [s]");
    assertThat(step(pod, view(running("s", 1), running("c", 0)))).isEqualTo("start []");
  }

  @Test
  void aPodIsOverWithItsMainContainersWhateverSidecarsDo() {
    Pod pod = pod(s -> s.restartPolicy("OnFailure").initContainers(List.of(sidecar("s"))));
    assertThat(step(pod, view(running("s", 0), exited("c", 0, 0)), "s")).isEqualTo("finish");
  }

  @Test
  void restartPoliciesDecideOnTheExitCode() {
    Container a = main("a");
    Container b = main("b");
    PodView view = view(exited("a", 0, 0), exited("b", 0, 1));
    assertThat(step(with("Always", a, b), view)).isEqualTo("start [a, b]");
    assertThat(step(with("OnFailure", a, b), view)).isEqualTo("start [b]");
    assertThat(step(with("Never", a, b), view)).isEqualTo("finish");
    assertThat(step(with("Never", a, b), view(exited("a", 0, 0)))).isEqualTo("start [b]");
  }

  @Test
  void aContainersOwnPolicyAndRulesComeFirst() {
    Container rule =
        main("a").toBuilder()
            .restartPolicy("Never")
            .restartPolicyRules(
                List.of(
                    new ContainerRestartRule(
                        "Restart", new ContainerRestartRuleOnExitCodes("In", List.of(42)))))
            .build();
    Pod pod = with("Always", rule);
    assertThat(step(pod, view(exited("a", 0, 42)))).isEqualTo("start [a]");
    assertThat(step(pod, view(exited("a", 0, 1)))).isEqualTo("finish");
    Container onFailure = main("a").toBuilder().restartPolicy("OnFailure").build();
    assertThat(step(with("Never", onFailure), view(exited("a", 0, 1)))).isEqualTo("start [a]");
  }

  @Test
  void whatWasMadeButNeverStartedIsMadeAnew() {
    assertThat(step(with("Never", main("a")), view(created("a", 0)))).isEqualTo("start [a]");
  }

  @Test
  void debuggingContainersStartOnceAndAtAnyTime() {
    EphemeralContainer debugger = EphemeralContainer.builder().name("dbg").image("web:v1").build();
    Pod pod = TWO_INITS.withSpec(TWO_INITS.spec().withEphemeralContainers(List.of(debugger)));
    assertThat(step(pod, view(exited("i1", 0, 1)))).isEqualTo("init [dbg, i1]");
    assertThat(step(pod, view(running("a", 0), running("b", 0)))).isEqualTo("start [dbg]");
    assertThat(step(pod, view(running("a", 0), running("b", 0), exited("dbg", 0, 1))))
        .isEqualTo("start []");
  }
}
