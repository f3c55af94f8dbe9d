package io.tiphys.server.authorization;

import io.tiphys.base.Lifecycle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Roles and bindings that a test sets. */
public final class HeldRoles implements RbacSource {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile RbacObjects objects;

  public HeldRoles(RbacObjects objects) {
    this.objects = objects;
  }

  public void set(RbacObjects changed) {
    objects = changed;
    listeners.forEach(Runnable::run);
  }

  @Override
  public RbacObjects current() {
    return objects;
  }

  @Override
  public Lifecycle onChange(Runnable action) {
    listeners.add(action);
    return () -> listeners.remove(action);
  }
}
