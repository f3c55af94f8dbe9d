package io.tiphys.node.cri;

/** Which pod a sandbox is for. */
public record PodSandboxMetadata(String name, String uid, String namespace, int attempt) {
  public static final PodSandboxMetadata EMPTY = new PodSandboxMetadata("", "", "", 0);
}
