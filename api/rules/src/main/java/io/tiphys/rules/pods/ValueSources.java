package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Fields of which exactly one may be set; checked against validateEnvVarValueFrom. */
final class ValueSources {
  private ValueSources() {}

  /** What is wrong with where a variable comes from, or empty. */
  static String wrong(EnvVar variable) {
    EnvVarSource source = variable.valueFrom();
    if (source == null) {
      return "";
    }
    long sources =
        Stream.of(
                source.fieldRef(),
                source.resourceFieldRef(),
                source.configMapKeyRef(),
                source.secretKeyRef(),
                source.fileKeyRef())
            .filter(Objects::nonNull)
            .count();
    if (sources == 0) {
      return "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
          + " `secretKeyRef` or `fileKeyRef`";
    }
    if (!variable.value().isEmpty()) {
      return "may not be specified when `value` is not empty";
    }
    return sources > 1 ? "may not have more than one field specified at a time" : "";
  }

  /** The fields of a volume that name a source though another one does already. */
  static List<String> surplus(Volume volume) {
    TreeWriter tree = new TreeWriter();
    volume.write(tree);
    List<String> sources = new ArrayList<>(((Json.Obj) tree.tree()).members().keySet());
    sources.remove("name");
    if (sources.remove("emptyDir")) {
      sources.addFirst("emptyDir"); // upstream looks at it first and never blames it
    }
    return sources.isEmpty() ? sources : sources.subList(1, sources.size());
  }
}
