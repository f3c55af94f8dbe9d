package io.tiphys.controllers.garbage;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who owns whom, by uid, as the informers tell it. An owner that was not seen yet is in it as a
 * virtual node, made of what its dependents say, until it is seen or the API denies it. Checked
 * against pkg/controller/garbagecollector/graph_builder.go. Thread-safe; tells what is to be looked
 * at while it holds its lock, so the listeners only enqueue.
 */
final class Graph {
  static final String FOREGROUND = "foregroundDeletion";
  static final String ORPHAN = "orphan";

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final AbsentOwners absent;
  private final Consumer<String> attemptToDelete;
  private final Consumer<String> attemptToOrphan;

  private static final class Node {
    Identity identity;
    boolean virtual;
    boolean beingDeleted;
    boolean deletingDependents;
    List<OwnerReference> owners = List.of();
    final Set<Node> dependents = new LinkedHashSet<>();

    Node(Identity identity, boolean virtual) {
      this.identity = identity;
      this.virtual = virtual;
    }
  }

  /** A node as it was when asked for. */
  record View(
      Identity identity,
      boolean virtual,
      boolean beingDeleted,
      boolean deletingDependents,
      List<OwnerReference> owners,
      List<Dependent> dependents) {}

  /**
   * @param blocks it asked that its owner be kept while it is there
   */
  record Dependent(Identity identity, boolean deletingDependents, boolean blocks) {}

  /**
   * @param attemptToDelete told the uid of what may have to go
   * @param attemptToOrphan told the uid of what is to let its dependents go free
   */
  Graph(AbsentOwners absent, Consumer<String> attemptToDelete, Consumer<String> attemptToOrphan) {
    this.absent = absent;
    this.attemptToDelete = attemptToDelete;
    this.attemptToOrphan = attemptToOrphan;
  }

  synchronized @Nullable View view(String uid) {
    Node node = nodes.get(uid);
    if (node == null) {
      return null;
    }
    List<Dependent> dependents = new ArrayList<>();
    for (Node dependent : node.dependents) {
      boolean blocks =
          dependent.owners.stream()
              .anyMatch(
                  owner ->
                      owner.uid().equals(uid) && Boolean.TRUE.equals(owner.blockOwnerDeletion()));
      dependents.add(new Dependent(dependent.identity, dependent.deletingDependents, blocks));
    }
    return new View(
        node.identity,
        node.virtual,
        node.beingDeleted,
        node.deletingDependents,
        node.owners,
        dependents);
  }

  /** An object was seen, new or changed. */
  synchronized void seen(Identity identity, @Nullable ObjectMeta before, ObjectMeta meta) {
    Node node = nodes.get(identity.uid());
    if (node == null) {
      node = new Node(identity, false);
      nodes.put(identity.uid(), node);
      node.owners = meta.ownerReferences();
      node.beingDeleted = meta.deletionTimestamp() != null;
      node.deletingDependents = node.beingDeleted && meta.finalizers().contains(FOREGROUND);
      addToOwners(node, node.owners);
      transitions(node, before, meta);
      return;
    }
    node.virtual = false;
    rename(node, identity);
    if (!node.owners.equals(meta.ownerReferences())) {
      changeOwners(node, meta.ownerReferences());
    }
    node.beingDeleted |= meta.deletionTimestamp() != null;
    transitions(node, before, meta);
  }

  /** An object goes by another name now, and its copy is gone: it is asked for until it is seen. */
  synchronized void unseen(Identity identity) {
    Node node = nodes.get(identity.uid());
    if (node != null) {
      node.virtual = true;
      rename(node, identity);
      attemptToDelete.accept(identity.uid());
    }
  }

  private void rename(Node node, Identity identity) {
    if (!node.identity.equals(identity)) {
      node.identity = identity;
      for (Node dependent : node.dependents) {
        if (!means(dependent, identity)) {
          attemptToDelete.accept(dependent.identity.uid());
        }
      }
    }
  }

  private static boolean means(Node dependent, Identity owner) {
    return dependent.owners.stream()
        .filter(reference -> reference.uid().equals(owner.uid()))
        .allMatch(reference -> owner.isMeantBy(reference, dependent.identity.namespace()));
  }

  private void changeOwners(Node node, List<OwnerReference> owners) {
    Map<String, OwnerReference> before = byUid(node.owners);
    Map<String, OwnerReference> after = byUid(owners);
    node.owners = owners;
    before.forEach(
        (uid, reference) -> {
          boolean blocked = Boolean.TRUE.equals(reference.blockOwnerDeletion());
          OwnerReference now = after.get(uid);
          boolean blocks = now != null && Boolean.TRUE.equals(now.blockOwnerDeletion());
          if (blocked && !blocks && nodes.containsKey(uid)) {
            attemptToDelete.accept(uid);
          }
          if (now == null) {
            removeFromOwner(node, uid);
          }
        });
    List<OwnerReference> added = new ArrayList<>();
    after.forEach(
        (uid, reference) -> {
          if (!before.containsKey(uid)) {
            added.add(reference);
          }
        });
    addToOwners(node, added);
  }

  private static Map<String, OwnerReference> byUid(List<OwnerReference> references) {
    Map<String, OwnerReference> byUid = new LinkedHashMap<>();
    references.forEach(reference -> byUid.put(reference.uid(), reference));
    return byUid;
  }

  private void addToOwners(Node node, List<OwnerReference> owners) {
    boolean doubtful = false;
    for (OwnerReference reference : owners) {
      Node owner = nodes.get(reference.uid());
      if (owner == null) {
        owner = new Node(Identity.of(reference, node.identity.namespace()), true);
        nodes.put(reference.uid(), owner);
        attemptToDelete.accept(reference.uid());
      } else if (!owner.identity.isMeantBy(reference, node.identity.namespace())) {
        doubtful = true;
      }
      owner.dependents.add(node);
    }
    if (doubtful) {
      attemptToDelete.accept(node.identity.uid());
    }
  }

  private void removeFromOwner(Node node, String uid) {
    Node owner = nodes.get(uid);
    if (owner != null) {
      owner.dependents.remove(node);
    }
  }

  private void transitions(Node node, @Nullable ObjectMeta before, ObjectMeta meta) {
    if (begins(ORPHAN, before, meta)) {
      attemptToOrphan.accept(node.identity.uid());
    } else if (begins(FOREGROUND, before, meta)) {
      node.deletingDependents = true;
      node.dependents.forEach(dependent -> attemptToDelete.accept(dependent.identity.uid()));
      attemptToDelete.accept(node.identity.uid());
    }
  }

  private static boolean begins(String finalizer, @Nullable ObjectMeta before, ObjectMeta meta) {
    return ends(finalizer, meta) && (before == null || !ends(finalizer, before));
  }

  private static boolean ends(String finalizer, ObjectMeta meta) {
    return meta.deletionTimestamp() != null && meta.finalizers().contains(finalizer);
  }

  /** An object was seen to be gone. */
  synchronized void gone(String uid) {
    Node node = nodes.get(uid);
    if (node != null) {
      remove(node);
    }
  }

  private void remove(Node node) {
    nodes.remove(node.identity.uid());
    node.owners.forEach(owner -> removeFromOwner(node, owner.uid()));
    if (!node.dependents.isEmpty()) {
      absent.add(node.identity);
    }
    node.dependents.forEach(dependent -> attemptToDelete.accept(dependent.identity.uid()));
    for (OwnerReference reference : node.owners) {
      Node owner = nodes.get(reference.uid());
      if (owner != null && owner.deletingDependents) {
        attemptToDelete.accept(reference.uid());
      }
    }
  }

  /**
   * The API knows no object of that identity. A node that its dependents know under other names too
   * stays, under the next of them, until each was asked for.
   */
  synchronized void denied(Identity identity) {
    Node node = nodes.get(identity.uid());
    if (node == null) {
      return;
    }
    if (!node.virtual) {
      if (node.identity.equals(identity)) {
        remove(node);
      } else {
        condemn(node, identity);
      }
      return;
    }
    Identity other = otherName(node, identity);
    if (other == null) {
      remove(node);
      return;
    }
    condemn(node, identity);
    if (node.identity.equals(identity)) {
      node.identity = other;
      attemptToDelete.accept(identity.uid());
    }
  }

  /** The dependents that mean just this absent owner are to be looked at. */
  private void condemn(Node node, Identity absentOwner) {
    absent.add(absentOwner);
    for (Node dependent : node.dependents) {
      boolean meant =
          dependent.owners.stream()
              .anyMatch(owner -> absentOwner.isMeantBy(owner, dependent.identity.namespace()));
      if (meant) {
        attemptToDelete.accept(dependent.identity.uid());
      }
    }
  }

  /** Another name that the dependents have for the node and that was not denied yet. */
  private @Nullable Identity otherName(Node node, Identity denied) {
    for (Node dependent : node.dependents) {
      for (OwnerReference reference : dependent.owners) {
        if (reference.uid().equals(denied.uid())
            && !denied.isMeantBy(reference, dependent.identity.namespace())) {
          Identity other = Identity.of(reference, dependent.identity.namespace());
          if (!absent.contains(other)) {
            return other;
          }
        }
      }
    }
    return null;
  }
}
