package io.tiphys.node.cri;

/** How the groups of a process are found. */
public enum SupplementalGroupsPolicy {
  /** Those given and those the image's {@code /etc/group} gives the user. */
  MERGE,
  /** Only those given. */
  STRICT
}
