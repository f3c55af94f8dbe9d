package io.tiphys.rules.customresources;

import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What writers hear of finalizers that do not say whose they are: validateKubeFinalizerName of
 * apiextensions-apiserver/pkg/registry/customresource/validator.go.
 */
final class FinalizerWarnings {
  private static final Set<String> STANDARD = Set.of("orphan", "foregroundDeletion", "kubernetes");

  private FinalizerWarnings() {}

  static List<String> of(List<String> finalizers) {
    List<String> warnings = new ArrayList<>();
    for (String finalizer : finalizers.stream().distinct().sorted().toList()) {
      String about = "metadata.finalizers: " + GoText.quote(finalizer) + ": ";
      Names.qualifiedName(finalizer).forEach(problem -> warnings.add(about + problem));
      if (!finalizer.contains("/") && !STANDARD.contains(finalizer)) {
        String path = finalizer.contains(".") ? "including a path (/) " : "";
        warnings.add(
            about
                + "prefer a domain-qualified finalizer name "
                + path
                + "to avoid accidental conflicts with other finalizer writers");
      }
    }
    return warnings;
  }
}
