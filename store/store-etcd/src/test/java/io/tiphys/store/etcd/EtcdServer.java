package io.tiphys.store.etcd;

import io.tiphys.base.Lifecycle;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** An etcd of a test's own, on free ports of loopback, its data in a folder of the test. */
public final class EtcdServer implements Lifecycle {
  private final Path folder;
  private final String scheme;
  private final List<String> flags;
  private final int clientPort;
  private final int peerPort;
  private @Nullable Process process;

  private EtcdServer(Path folder, String scheme, List<String> flags) {
    this.folder = folder;
    this.scheme = scheme;
    this.flags = flags;
    clientPort = freePort();
    peerPort = freePort();
  }

  /** Starts one; skips the test, with the reason, where there is no etcd. */
  public static EtcdServer start(Path folder, String scheme, String... flags) {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/etcd")),
        "no /usr/bin/etcd: apt-get install etcd-server");
    EtcdServer server = new EtcdServer(folder, scheme, List.of(flags));
    server.start();
    return server;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return scheme + "://127.0.0.1:" + clientPort;
  }

  public void start() {
    String peers = "http://127.0.0.1:" + peerPort;
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/etcd",
                "--name=test",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + url(),
                "--advertise-client-urls=" + url(),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=test=" + peers,
                "--log-outputs=stderr"));
    command.addAll(flags);
    File log = folder.resolve("etcd.log").toFile();
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes what is sent and does nothing with it, until {@link #resume}. */
  public void pause() {
    signal("STOP");
  }

  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    Process running = Objects.requireNonNull(process);
    try {
      Process sent = new ProcessBuilder("kill", "-" + name, Long.toString(running.pid())).start();
      if (sent.onExit().join().exitValue() != 0) {
        throw new IllegalStateException("kill -" + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As by kill -9: nothing is said goodbye to. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
