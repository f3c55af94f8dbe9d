package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import org.jspecify.annotations.Nullable;

/** One concern of admission. Thread-safe. */
public interface AdmissionPlugin {
  /**
   * Changes a write, or refuses it.
   *
   * @return what would be stored: the request's object, or one in its place; null for a deletion
   * @throws io.tiphys.api.ApiFailure to refuse
   */
  default @Nullable ApiObject admit(AdmissionRequest request) throws InterruptedException {
    return request.object();
  }

  /**
   * Looks at the write in its final form, after the kind's own validation.
   *
   * @throws io.tiphys.api.ApiFailure to refuse
   */
  default void validate(AdmissionRequest request) throws InterruptedException {}
}
