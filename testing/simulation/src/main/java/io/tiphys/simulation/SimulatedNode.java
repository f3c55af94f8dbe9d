package io.tiphys.simulation;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.hollow.HollowMachine;
import io.tiphys.node.hollow.HollowScript;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A machine of the cluster and what its pods do.
 *
 * @param script pods of jobs run for a while and may fail; all start and stop within seconds
 */
record SimulatedNode(String name, HollowMachine machine, HollowScript script) {
  /** The label of pods that fail now and then. */
  static final String FLAKY = "flaky";

  private static final int START_MILLIS = 8_000;
  private static final int RUN_MILLIS = 40_000;
  private static final int STOP_MILLIS = 20_000;
  private static final double FAILING = 0.25;

  /** The node of this number. */
  static SimulatedNode of(int number, long seed) {
    return new SimulatedNode("node-" + number, new HollowMachine(number), pod -> play(pod, seed));
  }

  /** The same for the same pod, whichever agent asks. */
  private static HollowScript.Play play(Pod pod, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ pod.metadata().uid().hashCode());
    boolean flaky = pod.metadata().labels().containsKey(FLAKY);
    return new HollowScript.Play(
        Duration.ofMillis(random.nextInt(START_MILLIS)),
        Duration.ofMillis(random.nextInt(RUN_MILLIS)),
        flaky && random.nextDouble() < FAILING ? 1 : 0,
        Duration.ofMillis(random.nextInt(STOP_MILLIS)));
  }
}
