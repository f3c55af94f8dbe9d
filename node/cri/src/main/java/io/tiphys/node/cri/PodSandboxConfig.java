package io.tiphys.node.cri;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox shall be.
 *
 * @param hostname empty with the host's network: the host's
 * @param logDirectory where its containers' logs go; created when missing
 * @param dnsConfig null: a copy of the host's resolv.conf
 */
public record PodSandboxConfig(
    PodSandboxMetadata metadata,
    String hostname,
    String logDirectory,
    @Nullable DnsConfig dnsConfig,
    List<PortMapping> portMappings,
    Map<String, String> labels,
    Map<String, String> annotations,
    LinuxPodSandboxConfig linux) {
  public static final PodSandboxConfig EMPTY =
      new PodSandboxConfig(
          PodSandboxMetadata.EMPTY,
          "",
          "",
          null,
          List.of(),
          Map.of(),
          Map.of(),
          LinuxPodSandboxConfig.EMPTY);

  public PodSandboxConfig {
    portMappings = List.copyOf(portMappings);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.metadata = metadata;
    b.hostname = hostname;
    b.logDirectory = logDirectory;
    b.dnsConfig = dnsConfig;
    b.portMappings = portMappings;
    b.labels = labels;
    b.annotations = annotations;
    b.linux = linux;
    return b;
  }

  /** Builds a {@link PodSandboxConfig} field by field. */
  public static final class Builder {
    private PodSandboxMetadata metadata = PodSandboxMetadata.EMPTY;
    private String hostname = "";
    private String logDirectory = "";
    private @Nullable DnsConfig dnsConfig;
    private List<PortMapping> portMappings = List.of();
    private Map<String, String> labels = Map.of();
    private Map<String, String> annotations = Map.of();
    private LinuxPodSandboxConfig linux = LinuxPodSandboxConfig.EMPTY;

    private Builder() {}

    public Builder metadata(PodSandboxMetadata value) {
      this.metadata = value;
      return this;
    }

    public Builder hostname(String value) {
      this.hostname = value;
      return this;
    }

    public Builder logDirectory(String value) {
      this.logDirectory = value;
      return this;
    }

    public Builder dnsConfig(@Nullable DnsConfig value) {
      this.dnsConfig = value;
      return this;
    }

    public Builder portMappings(List<PortMapping> value) {
      this.portMappings = value;
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

    public Builder linux(LinuxPodSandboxConfig value) {
      this.linux = value;
      return this;
    }

    public PodSandboxConfig build() {
      return new PodSandboxConfig(
          metadata, hostname, logDirectory, dnsConfig, portMappings, labels, annotations, linux);
    }
  }
}
