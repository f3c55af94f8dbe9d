package io.tiphys.controllers.statefulset;

import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import java.util.TreeMap;

/**
 * What a revision keeps of a set: a patch that puts the template back. Clients make the same of the
 * set and compare bytes ({@code kubectl rollout undo}), so every name is at its place in the order
 * of the alphabet, as Go writes maps. Checked against getPatch in
 * pkg/controller/statefulset/stateful_set_utils.go.
 */
final class RevisionData {
  private RevisionData() {}

  static Json.Obj of(PodTemplateSpec template) {
    TreeWriter writer = new TreeWriter();
    template.write(writer);
    Json whole = ((Json.Obj) writer.tree()).with("$patch", Json.of("replace"));
    return Json.Obj.of("spec", Json.Obj.of("template", sorted(whole)));
  }

  private static Json sorted(Json value) {
    return switch (value) {
      case Json.Obj object -> {
        Json.Obj.Builder members = Json.Obj.builder();
        new TreeMap<>(object.members())
            .forEach((name, member) -> members.put(name, sorted(member)));
        yield members.build();
      }
      case Json.Arr array ->
          new Json.Arr(array.elements().stream().map(RevisionData::sorted).toList());
      default -> value;
    };
  }
}
