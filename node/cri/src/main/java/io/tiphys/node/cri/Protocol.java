package io.tiphys.node.cri;

/** A transport protocol. */
public enum Protocol {
  TCP,
  UDP,
  SCTP
}
