package io.tiphys.server.authorization;

import io.tiphys.base.Lifecycle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Role-based access control. Changes of roles only mark the index as old; the next question builds
 * the new one, so a burst of changes costs one rebuild.
 */
public final class RbacAuthorizer implements Authorizer, Lifecycle {
  private final RbacSource source;
  private final Lifecycle subscription;
  private final AtomicLong changes = new AtomicLong();
  private volatile Built built = new Built(-1, RbacSnapshot.EMPTY);

  private RbacAuthorizer(RbacSource source) {
    this.source = source;
    this.subscription = source.onChange(changes::incrementAndGet);
  }

  /**
   * @param changes how many changes had been announced when it was built
   */
  private record Built(long changes, RbacSnapshot snapshot) {}

  public static RbacAuthorizer open(RbacSource source) {
    return new RbacAuthorizer(source);
  }

  @Override
  public Decision authorize(Attributes attributes) {
    if (attributes.user().isMaster()) {
      return new Decision(true, "");
    }
    return snapshot().authorize(attributes);
  }

  @Override
  public @Nullable Decision authorizeAtOnce(Attributes attributes) {
    if (attributes.user().isMaster()) {
      return new Decision(true, "");
    }
    Built current = built;
    return current.changes() == changes.get() ? current.snapshot().authorize(attributes) : null;
  }

  /** The rules and bindings of this moment. */
  public RbacSnapshot snapshot() {
    Built current = built;
    return current.changes() == changes.get() ? current.snapshot() : rebuild();
  }

  private synchronized RbacSnapshot rebuild() {
    // Counted before reading: a change that comes meanwhile makes the new index old again.
    long before = changes.get();
    if (built.changes() != before) {
      built = new Built(before, new RbacSnapshot(source.current()));
    }
    return built.snapshot();
  }

  @Override
  public void close() {
    subscription.close();
  }
}
