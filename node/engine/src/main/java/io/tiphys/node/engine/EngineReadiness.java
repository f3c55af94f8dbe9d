package io.tiphys.node.engine;

import java.util.List;

/**
 * Whether this engine can run containers; images it can keep anyway.
 *
 * @param reasons why not, each a sentence for people with the command that helps; empty if it can
 */
public record EngineReadiness(List<String> reasons) {
  public EngineReadiness {
    reasons = List.copyOf(reasons);
  }

  public boolean runsContainers() {
    return reasons.isEmpty();
  }

  @Override
  public String toString() {
    return runsContainers() ? "ready" : String.join("; ", reasons);
  }
}
