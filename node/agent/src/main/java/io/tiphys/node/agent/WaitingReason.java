package io.tiphys.node.agent;

/**
 * Why a container, or the whole pod, cannot go on now.
 *
 * @param reason such as {@code ImagePullBackOff}, as the container's waiting state shows it
 */
record WaitingReason(String reason, String message) {
  /** Nothing is wrong; something takes its time. */
  static final WaitingReason CREATING = new WaitingReason("ContainerCreating", "");

  /** It is made and about to start; upstream says nothing of it. */
  static final WaitingReason NONE = new WaitingReason("", "");

  static final WaitingReason INITIALIZING = new WaitingReason("PodInitializing", "");
}
