package io.tiphys.meta.apply;

import static io.tiphys.meta.TestSchemas.DEPLOYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.TestSchemas;
import io.tiphys.meta.apply.ApplyOutcome.Applied;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The laws of server-side apply, over any history of appliers and updaters. */
class FieldManagerProperty {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Json.Obj EMPTY =
      TestSchemas.object("{'metadata':{},'spec':{'template':{'spec':{}}}}");

  private final FieldManager manager =
      new FieldManager(
          new FieldManager.Endpoint(
              new GroupVersionKind("apps", "v1", "Deployment"),
              DEPLOYMENT,
              EMPTY,
              Typed.Versions.NONE,
              FieldFilter.NONE,
              ""));

  /** One write of somebody. */
  record Write(String who, boolean apply, Json.Obj object) {}

  @Provide
  Arbitrary<Write> writes() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"), Arbitraries.of(true, true, false), objects())
        .as(Write::new);
  }

  /** As typed objects are written: with empty structs, without empty lists and maps. */
  @Provide
  Arbitrary<Json.Obj> objects() {
    Arbitrary<Json> replicas = Arbitraries.integers().between(1, 2).map(Json.Int::new);
    Arbitrary<Json> labels = strings(Arbitraries.of("x", "y", "z")).map(map -> map);
    Arbitrary<Json> finalizers =
        Arbitraries.of("f", "g", "h")
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(names -> new Json.Arr(names.stream().<Json>map(Json.Str::new).toList()));
    Arbitrary<Json> containers =
        container()
            .list()
            .uniqueElements(c -> c.get("name"))
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(list -> new Json.Arr(List.copyOf(list)));
    return Combinators.combine(
            replicas.optional(), labels.optional(), finalizers.optional(), containers.optional())
        .as(
            (r, l, f, c) -> {
              Json.Obj.Builder metadata = Json.Obj.builder().put("name", "d");
              l.ifPresent(value -> metadata.put("labels", value));
              Json.Obj.Builder podSpec = Json.Obj.builder();
              f.ifPresent(value -> podSpec.put("finalizers", value));
              c.ifPresent(value -> podSpec.put("containers", value));
              Json.Obj.Builder spec = Json.Obj.builder();
              r.ifPresent(value -> spec.put("replicas", value));
              spec.put("template", Json.Obj.of("spec", podSpec.build()));
              return Json.Obj.builder()
                  .put("apiVersion", "apps/v1")
                  .put("kind", "Deployment")
                  .put("metadata", metadata.build())
                  .put("spec", spec.build())
                  .build();
            });
  }

  private static Arbitrary<Json.Obj> strings(Arbitrary<String> names) {
    return Arbitraries.maps(names, Arbitraries.of("1", "2").<Json>map(Json.Str::new))
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(Json.Obj::new);
  }

  private static Arbitrary<Json.Obj> container() {
    return Combinators.combine(
            Arbitraries.of("p", "q", "r"), Arbitraries.of("", "image:1", "image:2"))
        .as(
            (name, image) ->
                image.isEmpty()
                    ? Json.Obj.builder().put("name", name).build()
                    : Json.Obj.builder().put("name", name).put("image", image).build());
  }

  private Json.Obj history(List<Write> writes) {
    Json.Obj live = EMPTY;
    for (Write write : writes) {
      live = write.apply ? applied(live, write) : stored(write.object, updated(live, write));
    }
    return live;
  }

  private List<ManagedEntry> updated(Json.Obj live, Write write) {
    return manager.update(live, write.object, write.who, NOW);
  }

  private Json.Obj applied(Json.Obj live, Write write) {
    Applied outcome = (Applied) manager.apply(live, write.object, write.who, true, NOW);
    return stored(outcome.object(), outcome.managed());
  }

  private static Json.Obj stored(Json.Obj object, List<ManagedEntry> managed) {
    Json.Obj metadata = object.get("metadata") instanceof Json.Obj given ? given : Json.Obj.EMPTY;
    return object.with("metadata", metadata.with("managedFields", ManagedEntry.toJson(managed)));
  }

  private static List<ManagedEntry> entries(Json.Obj object) {
    return object.get("metadata") instanceof Json.Obj metadata
        ? ManagedEntry.listOf(metadata.get("managedFields"))
        : List.of();
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void applyingTwiceIsApplyingOnce(
      @ForAll @Size(max = 5) List<@From("writes") Write> before,
      @ForAll("objects") Json.Obj configuration) {
    Json.Obj once = applied(history(before), new Write("z", true, configuration));
    assertThat(applied(once, new Write("z", true, configuration))).isEqualTo(once);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void whoeverForcesHasWhatItWants(
      @ForAll @Size(max = 5) List<@From("writes") Write> before,
      @ForAll("objects") Json.Obj configuration) {
    Json.Obj live = applied(history(before), new Write("z", true, configuration));
    Comparison left = Comparison.of(configuration, live, DEPLOYMENT);
    assertThat(left.modified()).isEqualTo(FieldSet.EMPTY);
    assertThat(left.removed()).isEqualTo(FieldSet.EMPTY);
    // Hence applying it again needs no force.
    assertThat(manager.apply(live, configuration, "z", false, NOW)).isInstanceOf(Applied.class);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void ownersOwnWhatIsThere(@ForAll @Size(max = 6) List<@From("writes") Write> all) {
    Json.Obj live = history(all);
    Set<String> there =
        Set.copyOf(FieldSets.of(live, DEPLOYMENT).withNamedFields(DEPLOYMENT).paths());
    for (ManagedEntry entry : entries(live)) {
      assertThat(entry.fields().isEmpty()).isFalse();
      assertThat(there).containsAll(entry.fields().paths());
    }
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void applyingNothingGivesUpEverything(
      @ForAll @Size(max = 5) List<@From("writes") Write> before,
      @ForAll("objects") Json.Obj configuration) {
    Json.Obj nothing =
        TestSchemas.object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'}}");
    Json.Obj live = history(before);
    Json.Obj held = applied(live, new Write("z", true, configuration));
    Json.Obj left = applied(held, new Write("z", true, nothing));
    assertThat(entries(left)).noneMatch(entry -> entry.manager().equals("z"));
    List<ManagedEntry> others = new ArrayList<>(entries(held));
    others.removeIf(entry -> entry.manager().equals("z"));
    assertThat(entries(left)).isEqualTo(others);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void anUpdaterOwnsNothingItDidNotChange(
      @ForAll @Size(max = 5) List<@From("writes") Write> before,
      @ForAll("objects") Json.Obj object) {
    Json.Obj live = history(before);
    List<ManagedEntry> managed = updated(live, new Write("z", false, object));
    Comparison change = Comparison.of(live, object, DEPLOYMENT);
    FieldSet written = change.added().union(change.modified());
    for (ManagedEntry entry : managed) {
      if (entry.manager().equals("z")) {
        assertThat(entry.fields().difference(written)).isEqualTo(FieldSet.EMPTY);
      } else {
        assertThat(entry.fields().intersection(written)).isEqualTo(FieldSet.EMPTY);
      }
    }
  }
}
