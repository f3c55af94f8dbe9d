package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.base.Clock;
import io.tiphys.client.node.NodeApi.ContainerName;
import io.tiphys.client.node.NodeApi.LogOptions;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Answers {@code pods/log}; see upstream's pkg/registry/core/pod/rest/log.go. */
final class LogStream {
  /** A pipe's worth: a followed log is passed on line by line, an old one in large pieces. */
  private static final int COPY_BYTES = 64 * 1024;

  private LogStream() {}

  static Response answer(Request request, Pod pod, NodeDirectory nodes, Clock clock) {
    LogOptions options = options(request, pod, clock);
    String asked = request.parameter("container");
    String container = PodContainers.choose(pod, asked == null ? "" : asked);
    if (pod.spec().nodeName().isEmpty()) {
      // Not scheduled yet: an empty log, as upstream's empty location answers.
      return Response.Full.of(200, "text/plain", new byte[0]);
    }
    InputStream log =
        nodes
            .node(pod.spec().nodeName())
            .logs(new ContainerName(pod.namespace(), pod.name(), container), options);
    return WebSocketMessages.wanted(request)
        ? WebSocketMessages.bytes(request, sink -> pass(log, sink))
        : new Response.Streaming(200, "text/plain", sink -> pass(log, sink));
  }

  /** Reads and judges the options: ValidatePodLogOptions of upstream's core validation. */
  private static LogOptions options(Request request, Pod pod, Clock clock) {
    Long tailLines = Parameters.number(request, "tailLines");
    Long limitBytes = Parameters.number(request, "limitBytes");
    Long sinceSeconds = Parameters.number(request, "sinceSeconds");
    Instant sinceTime = Parameters.time(request, "sinceTime");
    List<StatusCause> causes = new ArrayList<>();
    if (tailLines != null && tailLines < 0) {
      causes.add(invalid("tailLines", tailLines, "must be greater than or equal to 0"));
    }
    if (limitBytes != null && limitBytes < 1) {
      causes.add(invalid("limitBytes", limitBytes, "must be greater than 0"));
    }
    if (sinceSeconds != null && sinceTime != null) {
      causes.add(
          cause(
              "",
              "FieldValueForbidden",
              "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"));
    } else if (sinceSeconds != null && sinceSeconds < 1) {
      causes.add(invalid("sinceSeconds", sinceSeconds, "must be greater than 0"));
    }
    if (request.parameter("stream") != null) {
      // The gate PodLogsQuerySplitStreams is off, as it is upstream.
      causes.add(cause("stream", "FieldValueForbidden", "Forbidden: may not be specified"));
    }
    if (!causes.isEmpty()) {
      throw ApiFailure.invalid(new GroupVersionKind("", "v1", "PodLogOptions"), pod.name(), causes);
    }
    Instant since = sinceSeconds == null ? sinceTime : clock.now().minusSeconds(sinceSeconds);
    return new LogOptions(
        Parameters.flag(request, "follow"),
        Parameters.flag(request, "previous"),
        Parameters.flag(request, "timestamps"),
        tailLines,
        limitBytes,
        since);
  }

  private static StatusCause invalid(String field, long value, String why) {
    return cause(field, "FieldValueInvalid", "Invalid value: " + value + ": " + why);
  }

  private static StatusCause cause(String field, String reason, String message) {
    return StatusCause.builder().field(field).reason(reason).message(message).build();
  }

  private static void pass(InputStream log, Response.Sink sink) throws InterruptedException {
    try (log) {
      // A reader that waits for the next line is woken by closing what it reads from.
      sink.onClose(() -> close(log));
      byte[] buffer = new byte[COPY_BYTES];
      for (int count = log.read(buffer); count >= 0; count = log.read(buffer)) {
        sink.write(List.of(Arrays.copyOf(buffer, count)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(InputStream log) {
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
