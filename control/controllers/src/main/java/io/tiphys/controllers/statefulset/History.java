package io.tiphys.controllers.statefulset;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Deletions;
import io.tiphys.controllers.kit.Owned;
import io.tiphys.controllers.kit.TemplateHash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The templates a set has had, as ControllerRevisions. Checked against getStatefulSetRevisions in
 * stateful_set_control.go and pkg/controller/history/controller_history.go.
 */
final class History {
  private static final String HASH = "controller.kubernetes.io/hash";

  /** As upstream's default of revisionHistoryLimit. */
  private static final int LIMIT = 10;

  /** What of a set's name its revisions have, so that the hash has room beside it. */
  private static final int MAX_PREFIX = 223;

  private static final Comparator<ControllerRevision> OLDEST_FIRST =
      Comparator.comparingLong(ControllerRevision::revision)
          .thenComparing(ControllerRevision::name);

  /**
   * The revisions that matter now.
   *
   * @param current what pods below the partition have
   * @param update the set as it is wished
   * @param all the oldest first
   */
  record Revisions(
      ControllerRevision current,
      ControllerRevision update,
      int collisions,
      List<ControllerRevision> all) {}

  private final Source source;
  private final Owned<ControllerRevision> stored;

  History(Source source, Owned<ControllerRevision> stored) {
    this.source = source;
    this.stored = stored;
  }

  /** Finds the revisions of a set; what it has never been before becomes a new one. */
  Revisions of(StatefulSet set) {
    List<ControllerRevision> all =
        new ArrayList<>(
            new Claimer<>(
                    source,
                    AppsV1.CONTROLLERREVISIONS,
                    set,
                    AppsV1.STATEFULSETS,
                    LabelSelectors.of(set.spec().selector()))
                .claim(stored.candidates(set)));
    all.sort(OLDEST_FIRST);
    PodTemplateSpec wished = set.spec().template();
    ControllerRevision equal = null;
    for (ControllerRevision revision : all) {
      equal = template(revision).equals(wished) ? revision : equal;
    }
    long next = all.isEmpty() ? 1 : all.getLast().revision() + 1;
    Integer known = set.status().collisionCount();
    int collisions = known == null ? 0 : known;
    ControllerRevision update;
    if (equal == null) {
      Created created = create(set, next, collisions);
      update = created.revision();
      collisions = created.collisions();
    } else if (template(all.getLast()).equals(wished)) {
      update = all.getLast();
    } else {
      // Back to what it has been: that revision is the newest again.
      update = source.update(AppsV1.CONTROLLERREVISIONS, equal.withRevision(next));
    }
    ControllerRevision current = update;
    for (ControllerRevision revision : all) {
      if (revision.name().equals(set.status().currentRevision())) {
        current = revision;
      }
    }
    return new Revisions(current, update, collisions, all);
  }

  private record Created(ControllerRevision revision, int collisions) {}

  private Created create(StatefulSet set, long number, int known) {
    for (int collisions = known; ; collisions++) {
      ControllerRevision wished = revision(set, number, collisions);
      try {
        return new Created(source.create(AppsV1.CONTROLLERREVISIONS, wished), collisions);
      } catch (ApiFailure e) {
        if (!e.isAlreadyExists()) {
          throw e;
        }
        ControllerRevision there =
            source.get(AppsV1.CONTROLLERREVISIONS, wished.namespace(), wished.name());
        if (ControllerRefs.isControlledBy(there, set)
            && template(there).equals(set.spec().template())) {
          return new Created(there, collisions);
        }
      }
    }
  }

  private static ControllerRevision revision(StatefulSet set, long number, int collisions) {
    Json data = RevisionData.of(set.spec().template());
    String hash = TemplateHash.ofRevision(data, collisions);
    Map<String, String> labels = new LinkedHashMap<>(set.spec().template().metadata().labels());
    labels.put(HASH, hash);
    return ControllerRevision.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(set.namespace())
                .name(name(set, hash))
                .labels(labels)
                .annotations(set.metadata().annotations())
                .ownerReferences(List.of(ControllerRefs.of(set)))
                .build())
        .data(data)
        .revision(number)
        .build();
  }

  /** As ControllerRevisionName in controller_history.go. */
  private static String name(StatefulSet set, String hash) {
    return set.name().substring(0, Math.min(set.name().length(), MAX_PREFIX)) + "-" + hash;
  }

  /** The template that a revision keeps. */
  static PodTemplateSpec template(ControllerRevision revision) {
    Json spec = revision.data() instanceof Json.Obj data ? data.get("spec") : null;
    Json template = spec instanceof Json.Obj object ? object.get("template") : null;
    if (!(template instanceof Json.Obj tree)) {
      return PodTemplateSpec.EMPTY;
    }
    Json.Obj set = Json.Obj.of("spec", Json.Obj.of("template", tree.without("$patch")));
    return ObjectCodec.fromTree(StatefulSet.TYPE, set).spec().template();
  }

  /** Deletes the oldest revisions that nobody uses and history has no room for. */
  void truncate(StatefulSet set, List<Pod> pods, Revisions revisions) {
    Integer wished = set.spec().revisionHistoryLimit();
    int limit = wished == null ? LIMIT : wished;
    if (limit < 0 || revisions.all().size() <= limit) {
      return;
    }
    Set<String> live = new LinkedHashSet<>();
    live.add(revisions.current().name());
    live.add(revisions.update().name());
    pods.forEach(pod -> live.add(Identity.revision(pod)));
    List<ControllerRevision> unused =
        revisions.all().stream().filter(revision -> !live.contains(revision.name())).toList();
    for (ControllerRevision revision : unused.subList(0, Math.max(0, unused.size() - limit))) {
      try {
        source.delete(
            AppsV1.CONTROLLERREVISIONS,
            revision.namespace(),
            revision.name(),
            Deletions.of(revision));
      } catch (ApiFailure e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
  }
}
