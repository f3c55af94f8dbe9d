package io.tiphys.rules.workloads;

import static io.tiphys.rules.workloads.TemplateValidation.SPEC;

import io.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import io.tiphys.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.apps.v1.StatefulSetUpdateStrategy;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.IntOrPercent;
import io.tiphys.rules.pods.ClaimSpecValidation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with a stateful set; checked against ValidateStatefulSetSpec and its update. */
final class StatefulSetValidation {
  private static final List<String> RETENTION = List.of("Retain", "Delete");

  private final TemplateValidation validation = new TemplateValidation();
  private final Checks checks = validation.checks();
  private final StatefulSetSpec spec;

  private StatefulSetValidation(StatefulSetSpec spec) {
    this.spec = spec;
  }

  static List<FieldError> of(StatefulSetSpec spec) {
    StatefulSetValidation validation = new StatefulSetValidation(spec);
    validation.strategies();
    for (int i = 0; i < spec.volumeClaimTemplates().size(); i++) {
      ClaimSpecValidation.check(
          validation.checks,
          spec.volumeClaimTemplates().get(i).spec(),
          SPEC.child("volumeClaimTemplates").index(i).child("spec"));
    }
    validation.counts();
    if (!spec.serviceName().isEmpty()) {
      validation.checks.each(
          SPEC.child("serviceName"), spec.serviceName(), Names.dns1123Label(spec.serviceName()));
    }
    validation.template(true);
    return validation.checks.errors();
  }

  /** Of what cannot change any more, what is wrong is let pass; and a template that was wrong. */
  static List<FieldError> of(StatefulSetSpec spec, StatefulSetSpec old) {
    StatefulSetValidation before = new StatefulSetValidation(old);
    before.kept(true);
    StatefulSetValidation validation = new StatefulSetValidation(spec);
    validation.kept(before.checks.errors().isEmpty());
    StatefulSetSpec masked =
        spec.toBuilder()
            .replicas(old.replicas())
            .ordinals(old.ordinals())
            .template(old.template())
            .updateStrategy(old.updateStrategy())
            .minReadySeconds(old.minReadySeconds())
            .revisionHistoryLimit(old.revisionHistoryLimit())
            .persistentVolumeClaimRetentionPolicy(old.persistentVolumeClaimRetentionPolicy())
            .build();
    if (!masked.equals(old)) {
      validation.checks.forbidden(
          SPEC,
          "updates to statefulset spec for fields other than 'replicas', 'ordinals',"
              + " 'template', 'updateStrategy', 'revisionHistoryLimit',"
              + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are"
              + " forbidden");
    }
    return validation.checks.errors();
  }

  private void kept(boolean withPods) {
    strategies();
    counts();
    template(withPods);
  }

  private void strategies() {
    String management = spec.podManagementPolicy();
    FieldPath path = SPEC.child("podManagementPolicy");
    switch (management) {
      case "OrderedReady", "Parallel" -> {} // as it should be
      case "" -> checks.required(path);
      default -> checks.invalid(path, management, "must be 'OrderedReady' or 'Parallel'");
    }
    strategy(spec.updateStrategy(), SPEC.child("updateStrategy"));
    StatefulSetPersistentVolumeClaimRetentionPolicy retention =
        spec.persistentVolumeClaimRetentionPolicy();
    if (retention != null) {
      FieldPath at = SPEC.child("persistentVolumeClaimRetentionPolicy");
      checks.supported(at.child("whenDeleted"), retention.whenDeleted(), RETENTION);
      checks.supported(at.child("whenScaled"), retention.whenScaled(), RETENTION);
    }
  }

  private void strategy(StatefulSetUpdateStrategy strategy, FieldPath path) {
    RollingUpdateStatefulSetStrategy rolling = strategy.rollingUpdate();
    FieldPath at = path.child("rollingUpdate");
    switch (strategy.type()) {
      case "" -> checks.required(path);
      case "OnDelete" -> {
        if (rolling != null) {
          checks.invalid(
              at,
              GoStructs.show("apps.RollingUpdateStatefulSetStrategy", rolling::write),
              "only allowed for updateStrategy 'RollingUpdate'");
        }
      }
      case "RollingUpdate" -> rolling(rolling, at);
      default ->
          checks.invalid(
              path,
              GoStructs.show("apps.StatefulSetUpdateStrategy", strategy::write),
              "must be 'RollingUpdate' or 'OnDelete'");
    }
  }

  private void rolling(@Nullable RollingUpdateStatefulSetStrategy rolling, FieldPath path) {
    if (rolling == null) {
      return;
    }
    checks.notNegative(path.child("partition"), rolling.partition());
    FieldPath at = path.child("maxUnavailable");
    if (rolling.maxUnavailable() != null) {
      IntOrPercent.check(checks, at, rolling.maxUnavailable());
      if (IntOrPercent.of(rolling.maxUnavailable()) == 0) {
        checks.invalid(at, IntOrPercent.shown(rolling.maxUnavailable()), "cannot be 0");
      }
      IntOrPercent.atMostAll(checks, at, rolling.maxUnavailable());
    }
  }

  private void counts() {
    validation
        .notNegative("replicas", spec.replicas())
        .notNegative("minReadySeconds", spec.minReadySeconds());
    if (spec.ordinals() != null) {
      validation.notNegative("ordinals.start", spec.ordinals().start());
    }
  }

  private void template(boolean withPods) {
    if (validation.selector(spec.selector(), "statefulset", "")) {
      validation.selected(spec.selector(), spec.template());
      if (withPods) {
        validation.pods(asRun(spec.template(), spec.volumeClaimTemplates()));
      }
    }
    validation.forEver(spec.template(), "StatefulSet");
  }

  /** The template as its pods will be: with their claims, and named by their set. */
  static PodTemplateSpec asRun(PodTemplateSpec template, List<PersistentVolumeClaim> claims) {
    Map<String, Volume> volumes = new LinkedHashMap<>();
    template.spec().volumes().forEach(volume -> volumes.put(volume.name(), volume));
    for (PersistentVolumeClaim claim : claims) {
      volumes.put(
          claim.name(),
          Volume.builder()
              .name(claim.name())
              .persistentVolumeClaim(
                  PersistentVolumeClaimVolumeSource.builder().claimName(claim.name()).build())
              .build());
    }
    PodSpec spec = template.spec().withHostname("").withSubdomain("");
    return template.withSpec(
        claims.isEmpty() ? spec : spec.withVolumes(List.copyOf(volumes.values())));
  }
}
