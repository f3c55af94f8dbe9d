package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.node.NodeApi;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.OpenFile;
import io.tiphys.node.agent.logs.ContainerLog;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.Mount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The last words of containers: a file they wrote, or the end of their log. */
final class Messages {
  /** As upstream: bytes of a message file, and what is shown of a log. */
  private static final int MAX_FILE = 4096;

  private static final long LOG_LINES = 80;
  private static final int LOG_BYTES = 2048;

  private final Node node;

  Messages(Node node) {
    this.node = node;
  }

  String of(Pod pod, ContainerStatus status) {
    for (Container container : Containers.all(pod)) {
      if (container.name().equals(status.metadata().name())) {
        String written = file(container, status);
        boolean fromLog =
            written.isEmpty()
                && status.exitCode() != 0
                && container.terminationMessagePolicy().equals("FallbackToLogsOnError");
        return fromLog ? log(status) : written.isEmpty() ? status.message() : written;
      }
    }
    return status.message();
  }

  private String file(Container container, ContainerStatus status) {
    for (Mount mount : status.mounts()) {
      if (mount.containerPath().equals(container.terminationMessagePath())) {
        return text(node.disk(), Path.of(mount.hostPath()));
      }
    }
    return "";
  }

  /** A pod may have mounted anything there: no link is followed, and no FIFO waited for. */
  static String text(Disk disk, Path path) {
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      return "";
    }
    try (OpenFile folder = OpenFile.at(parent);
        OpenFile file = folder.beneath(name)) {
      if (!file.stat().isRegularFile()) {
        return "";
      }
      try (InputStream in = disk.newInputStream(file.path())) {
        return new String(in.readNBytes(MAX_FILE), StandardCharsets.UTF_8);
      }
    } catch (IOException | LinuxFailure e) {
      return "";
    }
  }

  private String log(ContainerStatus status) {
    NodeApi.LogOptions options = new NodeApi.LogOptions(false, false, false, LOG_LINES, null, null);
    try (InputStream in =
        ContainerLog.open(
            Path.of(status.logPath()), options, () -> false, node.disk(), node.clock())) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.substring(Math.max(0, text.length() - LOG_BYTES));
    } catch (IOException e) {
      return "";
    }
  }
}
