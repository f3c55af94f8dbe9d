package io.tiphys.base;

/**
 * Where threads come from. The machine's own run side by side; those of a simulation run one at a
 * time, in an order drawn from a seed. Both run ordinary code that blocks on locks, conditions,
 * queues and futures; it may wait for time to pass only by {@link Clock}.
 */
public interface Threads {
  /** The machine's own. */
  Threads SYSTEM =
      new Threads() {
        @Override
        public Thread virtual(String name, Runnable task) {
          return Thread.ofVirtual().name(name).unstarted(task);
        }

        @Override
        public Thread platform(String name, Runnable task) {
          return Thread.ofPlatform().daemon().name(name).unstarted(task);
        }
      };

  /** A thread, not started yet, that costs next to nothing while it waits. */
  Thread virtual(String name, Runnable task);

  /** A daemon thread, not started yet, for work that blocks or computes for long. */
  Thread platform(String name, Runnable task);
}
