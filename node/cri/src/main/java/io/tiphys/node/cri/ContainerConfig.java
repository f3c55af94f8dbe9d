package io.tiphys.node.cri;

import java.util.List;
import java.util.Map;

/**
 * What a container shall be.
 *
 * @param image the image reference or id to create from; it must be present
 * @param command replaces the image's entrypoint when not empty
 * @param args replaces the image's command when not empty; with a command and no args the image's
 *     is dropped
 * @param workingDir empty for the image's
 * @param logPath relative to the sandbox's log directory; empty for no log
 * @param stdinOnce stdin closes when the first client that attached to it leaves
 * @param stopSignal such as {@code SIGUSR1}; empty for the image's, then SIGTERM
 */
public record ContainerConfig(
    ContainerMetadata metadata,
    ImageSpec image,
    List<String> command,
    List<String> args,
    String workingDir,
    List<KeyValue> envs,
    List<Mount> mounts,
    List<Device> devices,
    Map<String, String> labels,
    Map<String, String> annotations,
    String logPath,
    boolean stdin,
    boolean stdinOnce,
    boolean tty,
    LinuxContainerConfig linux,
    String stopSignal) {
  public static final ContainerConfig EMPTY =
      new ContainerConfig(
          ContainerMetadata.EMPTY,
          ImageSpec.EMPTY,
          List.of(),
          List.of(),
          "",
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          "",
          false,
          false,
          false,
          LinuxContainerConfig.EMPTY,
          "");

  public ContainerConfig {
    command = List.copyOf(command);
    args = List.copyOf(args);
    envs = List.copyOf(envs);
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.metadata = metadata;
    b.image = image;
    b.command = command;
    b.args = args;
    b.workingDir = workingDir;
    b.envs = envs;
    b.mounts = mounts;
    b.devices = devices;
    b.labels = labels;
    b.annotations = annotations;
    b.logPath = logPath;
    b.stdin = stdin;
    b.stdinOnce = stdinOnce;
    b.tty = tty;
    b.linux = linux;
    b.stopSignal = stopSignal;
    return b;
  }

  /** Builds a {@link ContainerConfig} field by field. */
  public static final class Builder {
    private ContainerMetadata metadata = ContainerMetadata.EMPTY;
    private ImageSpec image = ImageSpec.EMPTY;
    private List<String> command = List.of();
    private List<String> args = List.of();
    private String workingDir = "";
    private List<KeyValue> envs = List.of();
    private List<Mount> mounts = List.of();
    private List<Device> devices = List.of();
    private Map<String, String> labels = Map.of();
    private Map<String, String> annotations = Map.of();
    private String logPath = "";
    private boolean stdin;
    private boolean stdinOnce;
    private boolean tty;
    private LinuxContainerConfig linux = LinuxContainerConfig.EMPTY;
    private String stopSignal = "";

    private Builder() {}

    public Builder metadata(ContainerMetadata value) {
      this.metadata = value;
      return this;
    }

    public Builder image(ImageSpec value) {
      this.image = value;
      return this;
    }

    public Builder command(List<String> value) {
      this.command = value;
      return this;
    }

    public Builder args(List<String> value) {
      this.args = value;
      return this;
    }

    public Builder workingDir(String value) {
      this.workingDir = value;
      return this;
    }

    public Builder envs(List<KeyValue> value) {
      this.envs = value;
      return this;
    }

    public Builder mounts(List<Mount> value) {
      this.mounts = value;
      return this;
    }

    public Builder devices(List<Device> value) {
      this.devices = value;
      return this;
    }

    public Builder labels(Map<String, String> value) {
      this.labels = value;
      return this;
    }

    public Builder annotations(Map<String, String> value) {
      this.annotations = value;
      return this;
    }

    public Builder logPath(String value) {
      this.logPath = value;
      return this;
    }

    public Builder stdin(boolean value) {
      this.stdin = value;
      return this;
    }

    public Builder stdinOnce(boolean value) {
      this.stdinOnce = value;
      return this;
    }

    public Builder tty(boolean value) {
      this.tty = value;
      return this;
    }

    public Builder linux(LinuxContainerConfig value) {
      this.linux = value;
      return this;
    }

    public Builder stopSignal(String value) {
      this.stopSignal = value;
      return this;
    }

    public ContainerConfig build() {
      return new ContainerConfig(
          metadata,
          image,
          command,
          args,
          workingDir,
          envs,
          mounts,
          devices,
          labels,
          annotations,
          logPath,
          stdin,
          stdinOnce,
          tty,
          linux,
          stopSignal);
    }
  }
}
