package io.tiphys.meta.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaleFieldsTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final FieldSet REPLICAS = FieldSet.ofFields("spec", "replicas");
  private static final FieldSet BOTH = REPLICAS.union(FieldSet.ofFields("spec", "selector"));

  private static ManagedEntry entry(
      String manager, Operation operation, String version, String subresource, FieldSet fields) {
    return new ManagedEntry(manager, operation, version, TIME, subresource, fields);
  }

  private static ScaleFields scale(ManagedEntry... parent) {
    return new ScaleFields(
        List.of(parent), "apps/v1", Map.of("apps/v1", List.of("spec", "replicas")));
  }

  @Test
  void showsOwnersOfReplicasOnly() {
    ManagedEntry owner = entry("a", Operation.APPLY, "apps/v1", "", BOTH);
    ManagedEntry other =
        entry("b", Operation.APPLY, "apps/v1", "", FieldSet.ofFields("spec", "selector"));
    ManagedEntry unknown = entry("c", Operation.APPLY, "apps/v9", "", BOTH);
    assertThat(scale(owner, other, unknown).toScale())
        .containsExactly(entry("a", Operation.APPLY, "autoscaling/v1", "", REPLICAS));
  }

  @Test
  void takesReplicasFromWhoLostThem() {
    ManagedEntry owner = entry("a", Operation.APPLY, "apps/v1", "", BOTH);
    ManagedEntry scaler = entry("s", Operation.APPLY, "autoscaling/v1", "scale", REPLICAS);
    assertThat(scale(owner).toParent(List.of(scaler)))
        .containsExactly(
            new ManagedEntry("s", Operation.APPLY, "apps/v1", null, "scale", REPLICAS),
            entry("a", Operation.APPLY, "apps/v1", "", FieldSet.ofFields("spec", "selector")));
  }

  @Test
  void leavesReplicasToWhoKeptThem() {
    ManagedEntry owner = entry("a", Operation.APPLY, "apps/v1", "", BOTH);
    ManagedEntry kept = entry("a", Operation.APPLY, "autoscaling/v1", "", REPLICAS);
    assertThat(scale(owner).toParent(List.of(kept))).containsExactly(owner);
  }

  @Test
  void forgetsWhoOwnedNothingElse() {
    ManagedEntry owner = entry("a", Operation.APPLY, "apps/v1", "", REPLICAS);
    assertThat(scale(owner).toParent(List.of())).isEmpty();
  }
}
