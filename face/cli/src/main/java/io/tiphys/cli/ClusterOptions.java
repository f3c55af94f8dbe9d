package io.tiphys.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a cluster is to run; given at its first start and remembered by the profile. */
public final class ClusterOptions {
  @Option(
      names = "--ephemeral",
      description = "Keep everything in memory; nothing is left after stop.")
  private boolean ephemeral;

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "Port of the API server; a free one unless given.")
  private int apiPort;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address the API server listens on (default: ${DEFAULT-VALUE}).")
  private String bindAddress = "127.0.0.1";

  @Option(
      names = "--no-node",
      description = "Run the control plane alone, without a node in this process.")
  private boolean withoutNode;

  @Option(
      names = "--node-name",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of the node; the profile's name unless given.")
  private String nodeName = "";

  @Option(
      names = "--pod-cidr",
      paramLabel = "CIDR",
      defaultValue = "",
      description = "Addresses of pods; a block no other profile uses unless given.")
  private String podCidr = "";

  @Option(
      names = "--service-cidr",
      paramLabel = "CIDR",
      defaultValue = "",
      description = "Addresses of services; a block no other profile uses unless given.")
  private String serviceCidr = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "",
      description = "A static bearer token that is let in as an administrator.")
  private String token = "";

  @Option(
      names = "--insecure-registry",
      paramLabel = "HOST:PORT",
      description = "A registry to speak plain HTTP with; may be repeated. Loopback ones are.")
  private List<String> insecureRegistries = new ArrayList<>();

  public boolean ephemeral() {
    return ephemeral;
  }

  /** 0 for a free one. */
  public int apiPort() {
    return apiPort;
  }

  public String bindAddress() {
    return bindAddress;
  }

  public boolean withoutNode() {
    return withoutNode;
  }

  /** Empty for the profile's name. */
  public String nodeName() {
    return nodeName;
  }

  /** Empty for a free block. */
  public String podCidr() {
    return podCidr;
  }

  /** Empty for a free block. */
  public String serviceCidr() {
    return serviceCidr;
  }

  /** Empty for none. */
  public String token() {
    return token;
  }

  public List<String> insecureRegistries() {
    return List.copyOf(insecureRegistries);
  }

  /** The same options as words of a command line. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (ephemeral) {
      words.add("--ephemeral");
    }
    if (withoutNode) {
      words.add("--no-node");
    }
    if (apiPort != 0) {
      words.add("--api-port=" + apiPort);
    }
    words.add("--bind=" + bindAddress);
    given(words, "--node-name", nodeName);
    given(words, "--pod-cidr", podCidr);
    given(words, "--service-cidr", serviceCidr);
    given(words, "--token", token);
    insecureRegistries.forEach(registry -> words.add("--insecure-registry=" + registry));
    return words;
  }

  private static void given(List<String> words, String option, String value) {
    if (!value.isEmpty()) {
      words.add(option + "=" + value);
    }
  }
}
