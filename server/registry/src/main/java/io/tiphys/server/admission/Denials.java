package io.tiphys.server.admission;

import io.tiphys.api.ApiFailure;

/** Refusals in the words of apiserver/pkg/admission/errors.go. */
final class Denials {
  private Denials() {}

  static ApiFailure forbidden(AdmissionRequest request, String reason) {
    return ApiFailure.forbidden(request.resource(), request.describedName(), reason);
  }
}
