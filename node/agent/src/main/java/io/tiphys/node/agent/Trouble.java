package io.tiphys.node.agent;

/**
 * Why a container, or the whole pod, cannot go on now.
 *
 * @param reason such as {@code ImagePullBackOff}, as the container's waiting state shows it
 */
record Trouble(String reason, String message) {
  /** Nothing is wrong; something takes its time. */
  static final Trouble CREATING = new Trouble("ContainerCreating", "");

  /** It is made and about to start; upstream says nothing of it. */
  static final Trouble NONE = new Trouble("", "");

  static final Trouble INITIALIZING = new Trouble("PodInitializing", "");
}
