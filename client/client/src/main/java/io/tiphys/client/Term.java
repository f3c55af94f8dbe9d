package io.tiphys.client;

/**
 * The time in which one candidate leads: from when it takes the lease until it gives it away or
 * could not renew it in time. It ends once.
 */
public final class Term {
  private final Fence fence;
  private volatile boolean over;

  Term(Fence fence) {
    this.fence = fence;
  }

  /** What the server is to check of every write. */
  public Fence fence() {
    return fence;
  }

  /** Whether nothing may be written any more, as far as this process knows. */
  public boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }
}
