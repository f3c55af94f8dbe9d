package io.tiphys.server.streams;

import io.tiphys.api.core.v1.Pod;

/** Finds pods. */
@FunctionalInterface
public interface PodDirectory {
  /**
   * @throws io.tiphys.api.ApiFailure not found
   */
  Pod pod(String namespace, String name);
}
