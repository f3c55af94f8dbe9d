package io.tiphys.node.hollow;

import io.tiphys.api.core.v1.Pod;
import java.time.Duration;

/** What becomes of pods on hollow nodes; asked again for the same pod it says the same. */
@FunctionalInterface
public interface HollowScript {
  Play of(Pod pod);

  /**
   * The life of one pod.
   *
   * @param starting from the binding until its containers run
   * @param running until its containers end by themselves; those that are always restarted do not
   * @param exitCode with which they end then
   * @param stopping from the wish to end it until its containers have ended; never longer than its
   *     grace
   */
  record Play(Duration starting, Duration running, int exitCode, Duration stopping) {}
}
