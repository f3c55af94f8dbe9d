package io.tiphys.node.cri;

import java.util.List;

/** Whether the runtime is able to work. */
public record RuntimeStatus(
    List<RuntimeCondition> conditions,
    List<RuntimeHandler> runtimeHandlers,
    boolean supplementalGroupsPolicy) {
  public RuntimeStatus {
    conditions = List.copyOf(conditions);
    runtimeHandlers = List.copyOf(runtimeHandlers);
  }
}
