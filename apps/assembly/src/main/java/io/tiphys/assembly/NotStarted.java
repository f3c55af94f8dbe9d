package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.client.node.NodeApi;
import java.io.InputStream;
import java.util.List;

/** A node before its agent has come up. */
enum NotStarted implements NodeApi {
  INSTANCE;

  @Override
  public InputStream logs(ContainerName container, LogOptions options) {
    throw failure();
  }

  @Override
  public Session exec(ContainerName container, List<String> command, StdioOptions stdio) {
    throw failure();
  }

  @Override
  public Session attach(ContainerName container, StdioOptions stdio) {
    throw failure();
  }

  @Override
  public Connection portForward(String namespace, String pod, int port) {
    throw failure();
  }

  private static ApiFailure failure() {
    return ApiFailure.serviceUnavailable("the node's agent has not started yet");
  }
}
