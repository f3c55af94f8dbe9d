package io.tiphys.node.cri;

/** A way of isolating pods and what it can do; the empty name is the default one. */
public record RuntimeHandler(
    String name, boolean recursiveReadOnlyMounts, boolean userNamespaces) {}
