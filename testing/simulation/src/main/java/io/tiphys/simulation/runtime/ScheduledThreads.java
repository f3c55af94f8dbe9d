package io.tiphys.simulation.runtime;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/**
 * Virtual threads with a scheduler of our own. The JDK has them, but not in its public API: whoever
 * simulates starts the JVM with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class ScheduledThreads {
  private static final String BUILDER = "java.lang.ThreadBuilders$VirtualThreadBuilder";

  private ScheduledThreads() {}

  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    try {
      Constructor<?> constructor = Class.forName(BUILDER).getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return (Thread.Builder.OfVirtual) constructor.newInstance(scheduler);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "simulation needs a JDK 25 started with --add-opens java.base/java.lang=ALL-UNNAMED", e);
    }
  }
}
