package io.tiphys.server.kinds;

import io.tiphys.meta.GroupVersionKind;
import java.util.List;

/** A part or an action of a resource: the closed set of ways in which one can be handled. */
public sealed interface Subresource {
  /** What is sent and answered. */
  GroupVersionKind kind();

  List<String> verbs();

  /** Whether it is also shown as a table: upstream's storage of it has a ConvertToTable. */
  default boolean printed() {
    return false;
  }

  /**
   * A part of the object itself; the kind's {@code ResourceRules} say what an update of it may
   * change.
   */
  record Part(GroupVersionKind kind, List<String> verbs, boolean printed) implements Subresource {}

  /** The object seen as a number of replicas; the kind's rules say where the number is. */
  record Scale() implements Subresource {
    private static final GroupVersionKind SCALE =
        new GroupVersionKind("autoscaling", "v1", "Scale");
    private static final List<String> VERBS = List.of("get", "patch", "update");

    @Override
    public GroupVersionKind kind() {
      return SCALE;
    }

    @Override
    public List<String> verbs() {
      return VERBS;
    }

    @Override
    public boolean printed() {
      return true;
    }
  }

  /** Something that is done by creating what says it: a Binding, an Eviction, a TokenRequest. */
  record Action(GroupVersionKind kind) implements Subresource {
    private static final List<String> VERBS = List.of("create");

    @Override
    public List<String> verbs() {
      return VERBS;
    }
  }

  /**
   * Streams to and from the object.
   *
   * @param kind the options of the connection
   */
  record Connection(GroupVersionKind kind, List<String> verbs) implements Subresource {}

  /** Text that is read: a pod's log. */
  record Text(GroupVersionKind kind) implements Subresource {
    private static final List<String> VERBS = List.of("get");

    @Override
    public List<String> verbs() {
      return VERBS;
    }
  }
}
