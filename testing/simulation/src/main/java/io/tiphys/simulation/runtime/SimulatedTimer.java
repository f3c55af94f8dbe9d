package io.tiphys.simulation.runtime;

/** What falls due at a time. */
record SimulatedTimer(long atNanos, long order, SimulatedProcess process, Runnable task)
    implements Comparable<SimulatedTimer> {
  void run() {
    if (process.isAlive()) {
      task.run();
    }
  }

  @Override
  public int compareTo(SimulatedTimer other) {
    int byTime = Long.compare(atNanos, other.atNanos);
    return byTime != 0 ? byTime : Long.compare(order, other.order);
  }
}
