package io.tiphys.server.admission;

import io.tiphys.api.ApiFailure;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Refusals in the words of apiserver/pkg/admission/errors.go. */
public final class Denials {
  private Denials() {}

  public static ApiFailure forbidden(AdmissionRequest request, String reason) {
    return ApiFailure.forbidden(request.resource(), request.describedName(), reason);
  }

  /** One reason plainly, several in brackets, each once; as Go's aggregate errors. */
  static String aggregate(Collection<String> reasons) {
    Set<String> each = new LinkedHashSet<>(reasons);
    return each.size() == 1 ? each.iterator().next() : "[" + String.join(", ", each) + "]";
  }
}
