package io.tiphys.node.cri;

/** Whether a sandbox can hold running containers. */
public enum PodSandboxState {
  SANDBOX_READY,
  SANDBOX_NOTREADY
}
