package io.tiphys.node.agent.containers;

/** Why a container cannot be configured; the message is upstream's. */
public final class ConfigProblem extends Exception {
  private static final long serialVersionUID = 1;

  public ConfigProblem(String message) {
    super(message);
  }

  ConfigProblem(Exception cause) {
    super(cause.getMessage(), cause);
  }

  /** What the container's waiting state says. */
  public String reason() {
    return "CreateContainerConfigError";
  }
}
