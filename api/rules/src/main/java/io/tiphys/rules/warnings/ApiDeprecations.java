package io.tiphys.rules.warnings;

import java.util.List;
import java.util.Map;

/**
 * Versions of the API that upstream has deprecated among those served here; checked against
 * APILifecycleDeprecated in api/core/v1/lifecycle.go and apiserver/pkg/endpoints/deprecation.
 */
public final class ApiDeprecations {
  private static final Map<String, String> CORE =
      Map.of(
          "componentstatuses",
          "v1 ComponentStatus is deprecated in v1.19+",
          "endpoints",
          "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");

  private ApiDeprecations() {}

  /** What whoever uses a resource should hear. */
  public static List<String> of(String group, String version, String resource) {
    String warning = group.isEmpty() && version.equals("v1") ? CORE.get(resource) : null;
    return warning == null ? List.of() : List.of(warning);
  }
}
