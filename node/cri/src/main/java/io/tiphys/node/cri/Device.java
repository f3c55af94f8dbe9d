package io.tiphys.node.cri;

/**
 * A host device inside a container.
 *
 * @param permissions of {@code r}, {@code w}, {@code m}
 */
public record Device(String containerPath, String hostPath, String permissions) {}
