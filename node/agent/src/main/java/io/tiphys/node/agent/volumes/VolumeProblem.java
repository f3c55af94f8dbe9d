package io.tiphys.node.agent.volumes;

/** Why a volume cannot be mounted; the message is upstream's. */
public final class VolumeProblem extends Exception {
  private static final long serialVersionUID = 1;

  public VolumeProblem(String message) {
    super(message);
  }

  /**
   * @param cause what the message does not say, since users must not learn of the host by it
   */
  VolumeProblem(String message, Exception cause) {
    super(message, cause);
  }

  static VolumeProblem setUp(String volume, String why) {
    return new VolumeProblem(
        "MountVolume.SetUp failed for volume \"%s\" : %s".formatted(volume, why));
  }
}
