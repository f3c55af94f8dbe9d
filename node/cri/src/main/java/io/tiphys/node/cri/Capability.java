package io.tiphys.node.cri;

import java.util.List;

/** Linux capabilities by name, with or without {@code CAP_}; {@code ALL} means every one. */
public record Capability(
    List<String> addCapabilities,
    List<String> dropCapabilities,
    List<String> addAmbientCapabilities) {
  public static final Capability EMPTY = new Capability(List.of(), List.of(), List.of());

  public Capability {
    addCapabilities = List.copyOf(addCapabilities);
    dropCapabilities = List.copyOf(dropCapabilities);
    addAmbientCapabilities = List.copyOf(addAmbientCapabilities);
  }
}
