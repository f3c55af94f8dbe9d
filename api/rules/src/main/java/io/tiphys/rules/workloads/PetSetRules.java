package io.tiphys.rules.workloads;

import io.tiphys.api.AppsV1;
import io.tiphys.api.AppsV1alpha1;
import io.tiphys.api.Resource;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.apps.v1.StatefulSetStatus;
import io.tiphys.api.apps.v1alpha1.PetSet;
import io.tiphys.api.apps.v1alpha1.PetSetSpec;
import io.tiphys.api.apps.v1alpha1.PetSetStatus;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.pods.PodDefaults;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Pet Set of 1.3, kept as a StatefulSet that carries {@link #MARK}. Every StatefulSet shows as
 * a PetSet too, but only one that was made as a PetSet behaves as one: only its replicas may
 * change, an {@code initialized} annotation holds it up, and its pets outlive it. Checked against
 * the 1.3 sources named in the facts of that time: pkg/apis/apps/validation/validation.go.
 */
public final class PetSetRules extends SpecRules<PetSet, PetSetSpec, PetSetStatus> {
  /** The annotation of a stored StatefulSet that was made as a PetSet. */
  public static final String MARK = "apps.tiphys.io/made-as";

  private static final String PET_SET = "PetSet";

  public PetSetRules() {
    super(
        AppsV1alpha1.PETSETS,
        new Parts<>(
            PetSet::spec,
            PetSet::status,
            PetSet::withSpec,
            PetSet::withStatus,
            PetSetStatus.EMPTY));
  }

  @Override
  protected PetSetSpec defaults(PetSetSpec spec, PetSet object) {
    Map<String, String> labels = spec.template().metadata().labels();
    LabelSelector selector =
        spec.selector() == null && !labels.isEmpty()
            ? LabelSelector.builder().matchLabels(labels).build()
            : spec.selector();
    return spec.toBuilder()
        .selector(selector)
        .template(PodDefaults.of(spec.template()))
        .replicas(spec.replicas() == null ? Integer.valueOf(1) : spec.replicas())
        .build();
  }

  @Override
  public List<FieldError> validate(PetSet set) {
    PetSetSpec spec = set.spec();
    TemplateValidation validation =
        new TemplateValidation().notNegative("replicas", spec.replicas());
    if (validation.selector(spec.selector(), "statefulset", "")) {
      validation
          .selected(spec.selector(), spec.template())
          .pods(StatefulSetValidation.asRun(spec.template(), spec.volumeClaimTemplates()));
    }
    return validation.forEver(spec.template(), "StatefulSet").errors();
  }

  @Override
  public List<FieldError> validateUpdate(PetSet set, PetSet old) {
    List<FieldError> errors =
        new TemplateValidation().notNegative("replicas", set.spec().replicas()).errors();
    if (!set.spec().withReplicas(old.spec().replicas()).equals(old.spec())) {
      errors.add(
          FieldError.forbidden(
              TemplateValidation.SPEC,
              "updates to petset spec for fields other than 'replicas' are forbidden."));
    }
    return errors;
  }

  /**
   * Deleting the set leaves the pets, as it did in 1.3: today's kubectl asks for their deletion
   * without being told to.
   */
  @Override
  public boolean alwaysOrphansDependents() {
    return true;
  }

  @Override
  public Optional<ScaleMapping<PetSet>> scale() {
    return Optional.of(
        new Scaling<>(
            set -> set.spec().replicas(),
            set -> set.status().replicas(),
            set -> set.spec().selector(),
            (set, replicas) -> set.withSpec(set.spec().withReplicas(replicas))));
  }

  @Override
  public Optional<Conversion<PetSet, ?>> conversion() {
    return Optional.of(new AsStatefulSet());
  }

  private static final class AsStatefulSet implements Conversion<PetSet, StatefulSet> {
    @Override
    public Resource<StatefulSet> stored() {
      return AppsV1.STATEFULSETS;
    }

    @Override
    public PetSet fromStored(StatefulSet stored) {
      StatefulSetSpec spec = stored.spec();
      Map<String, String> annotations = new HashMap<>(stored.metadata().annotations());
      annotations.remove(MARK);
      return PetSet.builder()
          .metadata(stored.metadata().withAnnotations(annotations))
          .spec(
              PetSetSpec.builder()
                  .replicas(spec.replicas())
                  .selector(spec.selector())
                  .template(spec.template())
                  .volumeClaimTemplates(spec.volumeClaimTemplates())
                  .serviceName(spec.serviceName())
                  .build())
          .status(
              PetSetStatus.builder()
                  .observedGeneration(stored.status().observedGeneration())
                  .replicas(stored.status().replicas())
                  .build())
          .build();
    }

    @Override
    public StatefulSet toStored(PetSet set, @Nullable StatefulSet current) {
      StatefulSetSpec kept = current == null ? StatefulSetSpec.EMPTY : current.spec();
      StatefulSetStatus status = current == null ? StatefulSetStatus.EMPTY : current.status();
      Long observed = set.status().observedGeneration();
      Map<String, String> annotations = new HashMap<>(set.metadata().annotations());
      if (current == null || current.metadata().annotations().containsKey(MARK)) {
        annotations.put(MARK, PET_SET);
      }
      StatefulSetSpec spec =
          kept.toBuilder()
              .replicas(set.spec().replicas())
              .selector(set.spec().selector())
              .template(set.spec().template())
              .volumeClaimTemplates(set.spec().volumeClaimTemplates())
              .serviceName(set.spec().serviceName())
              .build();
      return StatefulSet.builder()
          .metadata(set.metadata().withAnnotations(annotations))
          .spec(StatefulSetRules.withDefaults(spec))
          .status(
              status.toBuilder()
                  .replicas(set.status().replicas())
                  .observedGeneration(observed == null ? status.observedGeneration() : observed)
                  .build())
          .build();
    }
  }
}
