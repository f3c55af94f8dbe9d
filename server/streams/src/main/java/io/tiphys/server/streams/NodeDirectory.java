package io.tiphys.server.streams;

import io.tiphys.client.node.NodeApi;

/** Finds the agent of a node. */
@FunctionalInterface
public interface NodeDirectory {
  /**
   * @throws io.tiphys.api.ApiFailure when the node is unknown or cannot be reached
   */
  NodeApi node(String name);
}
