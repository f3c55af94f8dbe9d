package io.tiphys.node.agent;

import io.tiphys.api.core.v1.LifecycleHandler;
import java.time.Duration;
import java.util.Optional;

/** What a container asks to be done after its start and before its end. */
final class Hooks {
  private Hooks() {}

  /** What went wrong; empty if nothing did. */
  static Optional<String> run(
      Node node, Probing.Subject subject, LifecycleHandler hook, Duration patience)
      throws InterruptedException {
    if (hook.exec() != null) {
      return node.prober().exec(subject.status().id(), hook.exec().command(), patience);
    }
    if (hook.httpGet() != null) {
      return node.prober().http(subject, hook.httpGet(), patience);
    }
    if (hook.tcpSocket() != null) {
      return node.prober().tcp(subject, hook.tcpSocket(), patience);
    }
    if (hook.sleep() != null) {
      Duration asked = Duration.ofSeconds(hook.sleep().seconds());
      node.clock().sleep(asked.compareTo(patience) < 0 ? asked : patience);
    }
    return Optional.empty();
  }
}
