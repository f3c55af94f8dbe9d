package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import java.util.List;

/**
 * What expressions in Kubernetes 1.36 may use, in the order of
 * apiserver/pkg/cel/environment/base.go: all of it is older than 1.35, so that expressions that are
 * stored and new ones have the same.
 */
public final class KubernetesLibrary {
  /** Types that expressions may name beside the standard ones. */
  public static final List<CelType> TYPES =
      List.of(CelType.OPTIONAL, NetworkFunctions.IP, NetworkFunctions.CIDR);

  private KubernetesLibrary() {}

  public static List<Library> all() {
    return List.of(
        Urls.library(),
        Regexes.library(),
        KubernetesLists.library(),
        Authorizers.library(),
        Optionals.library(),
        Quantities.library(),
        StringFunctions.library(),
        SetFunctions.library(),
        NetworkFunctions.library(),
        NamedFormats.library(),
        Comprehensions.library(),
        Semvers.library(),
        ListFunctions.library());
  }
}
