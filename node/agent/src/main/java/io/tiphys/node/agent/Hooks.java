package io.tiphys.node.agent;

import io.tiphys.api.core.v1.LifecycleHandler;
import java.time.Duration;
import java.util.Optional;

/**
 * What a container asks to be done after its start and before its end. Checked against
 * pkg/kubelet/lifecycle/handlers.go.
 */
final class Hooks {
  /** A hook after the start may take as long as it likes; this only bounds what hangs. */
  private static final Duration AFTER_START = Duration.ofHours(24);

  private static final Duration ANSWER = Duration.ofSeconds(30);

  private Hooks() {}

  /** The hook after the start; what went wrong, empty if nothing did. */
  static Optional<String> runQuietly(Node node, Probing.Subject subject, LifecycleHandler hook) {
    try {
      return run(node, subject, hook, AFTER_START);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** An answer over the network is waited for as long as upstream's client does. */
  private static Duration shortEnough(Duration patience) {
    return patience.compareTo(ANSWER) < 0 ? patience : ANSWER;
  }

  /** What went wrong; empty if nothing did. */
  static Optional<String> run(
      Node node, Probing.Subject subject, LifecycleHandler hook, Duration patience)
      throws InterruptedException {
    if (hook.exec() != null) {
      return node.prober().exec(subject.status().id(), hook.exec().command(), patience).problem();
    }
    if (hook.httpGet() != null) {
      return node.prober().call(subject, hook.httpGet(), shortEnough(patience)).problem();
    }
    if (hook.tcpSocket() != null) {
      return node.prober().tcp(subject, hook.tcpSocket(), shortEnough(patience)).problem();
    }
    if (hook.sleep() != null) {
      Duration asked = Duration.ofSeconds(hook.sleep().seconds());
      node.clock().sleep(asked.compareTo(patience) < 0 ? asked : patience);
    }
    return Optional.empty();
  }
}
