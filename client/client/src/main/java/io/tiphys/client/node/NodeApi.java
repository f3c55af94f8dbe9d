package io.tiphys.client.node;

import io.tiphys.base.Lifecycle;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node serves about its pods, to the API server alone: upstream's kubelet API. In one
 * process the agent is called directly; across machines the same contract travels over HTTPS.
 *
 * <p>All methods throw {@link io.tiphys.api.ApiFailure} when the pod or container is not there or
 * not in a state to answer.
 */
public interface NodeApi {
  /** The container's log; with {@link LogOptions#follow} it ends when the container does. */
  InputStream logs(ContainerName container, LogOptions options);

  /** Runs {@code command} in the container. */
  Session exec(ContainerName container, List<String> command, StdioOptions stdio);

  /** Joins the container's main process. */
  Session attach(ContainerName container, StdioOptions stdio);

  /** Opens a connection to a port inside the pod's network. */
  Connection portForward(String namespace, String pod, int port);

  /**
   * A container of a pod.
   *
   * @param container empty for the only one
   */
  record ContainerName(String namespace, String pod, String container) {}

  /**
   * Which part of the log.
   *
   * @param tailLines null for all
   * @param limitBytes null for no limit
   * @param since null for the beginning
   */
  record LogOptions(
      boolean follow,
      boolean previous,
      boolean timestamps,
      @Nullable Long tailLines,
      @Nullable Long limitBytes,
      @Nullable Instant since) {}

  /** Which of the three streams are wanted, and whether they are one terminal. */
  record StdioOptions(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}

  /**
   * A running process with its streams; closing it kills what exec has started and leaves what was
   * attached to. The streams may be pipes, which hold their thread in the kernel: they are for
   * platform threads.
   */
  interface Session extends Lifecycle {
    /** Where to write its standard input; closing it ends the input. */
    OutputStream stdin();

    /** Ends when the process has closed it. Empty when not wanted. */
    InputStream stdout();

    InputStream stderr();

    /** Changes the terminal's size, in characters. */
    void resize(int columns, int rows);

    /** Blocks until the process ends; its exit code, 128 + n after signal n. */
    int waitFor() throws InterruptedException;
  }

  /** A two-way byte stream. */
  interface Connection extends Lifecycle {
    InputStream input();

    OutputStream output();
  }
}
