package io.tiphys.node.engine;

import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.LinuxContainerUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A container: its folder and what is known of it. */
final class Container {
  private final ContainerRecord record;
  private final Path folder;
  private final LinuxContainerUser user;
  private final CountDownLatch exited = new CountDownLatch(1);

  /** Held while it is started, cleared away after its end, or removed. */
  final ReentrantLock lock = new ReentrantLock();

  private volatile Life life;
  private volatile LinuxContainerResources resources;

  Container(ContainerRecord record, Path folder, LinuxContainerUser user, Life life) {
    this.record = record;
    this.folder = folder;
    this.user = user;
    this.life = life;
    this.resources = record.config().linux().resources();
    if (life instanceof Life.Exited) {
      exited.countDown();
    }
  }

  ContainerRecord record() {
    return record;
  }

  String id() {
    return record.id();
  }

  Path folder() {
    return folder;
  }

  Path rootfs() {
    return folder.resolve("rootfs");
  }

  Life life() {
    return life;
  }

  void setLife(Life next) {
    life = next;
    if (next instanceof Life.Exited) {
      exited.countDown();
    }
  }

  void setResources(LinuxContainerResources changed) {
    resources = changed;
  }

  LinuxContainerResources resources() {
    return resources;
  }

  /** Waits for its end for at most {@code timeout}; whether it came. */
  boolean awaitExit(Duration timeout) throws InterruptedException {
    return exited.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for its end; its exit code. */
  int awaitExit() throws InterruptedException {
    exited.await();
    return life instanceof Life.Exited end ? end.exitCode() : 0;
  }

  ContainerState state() {
    return switch (life) {
      case Life.Created _ -> ContainerState.CONTAINER_CREATED;
      case Life.Running _ -> ContainerState.CONTAINER_RUNNING;
      case Life.Exited _ -> ContainerState.CONTAINER_EXITED;
    };
  }

  ContainerStatus status() {
    Life now = life;
    Life.@Nullable Exited end = now instanceof Life.Exited exit ? exit : null;
    ContainerConfig config = record.config();
    return new ContainerStatus(
        id(),
        config.metadata(),
        state(),
        record.createdAt(),
        switch (now) {
          case Life.Created _ -> null;
          case Life.Running running -> running.startedAt();
          case Life.Exited exit -> exit.startedAt().orElse(null);
        },
        end == null ? null : end.finishedAt(),
        end == null ? 0 : end.exitCode(),
        config.image(),
        record.imageRef(),
        record.imageId(),
        end == null ? "" : end.reason(),
        end == null ? "" : end.message(),
        config.labels(),
        config.annotations(),
        config.mounts(),
        record.logPath(),
        resources,
        user,
        record.stopSignal());
  }

  io.tiphys.node.cri.Container listed() {
    ContainerConfig config = record.config();
    return new io.tiphys.node.cri.Container(
        id(),
        record.sandboxId(),
        config.metadata(),
        config.image(),
        record.imageRef(),
        record.imageId(),
        state(),
        record.createdAt(),
        config.labels(),
        config.annotations());
  }
}
