package io.tiphys.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How a cluster is to run. The profile remembers addresses, ports, names and registries; the rest
 * is said at each start.
 */
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
      defaultValue = "",
      description = "Address the API server listens on; 127.0.0.1 unless given.")
  private String bindAddress = "";

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

  @Mixin private final StoreOptions store = new StoreOptions();

  private final ServerFlags server = new ServerFlags();

  public StoreOptions store() {
    return store;
  }

  /** What is passed on to the API server. */
  public ServerFlags server() {
    return server;
  }

  public boolean ephemeral() {
    return ephemeral;
  }

  /** 0 for a free one. */
  public int apiPort() {
    return apiPort;
  }

  /** Empty for that of the last start, or loopback. */
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
    given(words, "--bind", bindAddress);
    given(words, "--node-name", nodeName);
    given(words, "--pod-cidr", podCidr);
    given(words, "--service-cidr", serviceCidr);
    given(words, "--token", token);
    insecureRegistries.forEach(registry -> words.add("--insecure-registry=" + registry));
    words.addAll(store.words());
    words.addAll(server.words());
    return words;
  }

  private static void given(List<String> words, String option, String value) {
    if (!value.isEmpty()) {
      words.add(option + "=" + value);
    }
  }
}
