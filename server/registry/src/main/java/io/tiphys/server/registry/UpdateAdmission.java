package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.server.admission.AdmissionChain;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;

/** Who may change or refuse an update: before the rules of the kind, and after them. */
interface UpdateAdmission<T extends ApiObject> {
  /** What is to become of the wish. */
  T admit(T wished, T old) throws InterruptedException;

  /** Looks at what would be stored. */
  void validate(T object, T old) throws InterruptedException;

  /** Of the object itself, or of a part of it. */
  static <T extends ApiObject> UpdateAdmission<T> by(
      AdmissionChain chain, Served<T, ?> served, Call call, String subresource) {
    return new UpdateAdmission<>() {
      @Override
      @SuppressWarnings("unchecked") // plugins keep the kind
      public T admit(T wished, T old) throws InterruptedException {
        ApiObject admitted = chain.admit(request(wished, old));
        return admitted == null ? wished : (T) admitted;
      }

      @Override
      public void validate(T object, T old) throws InterruptedException {
        chain.validate(request(object, old));
      }

      private AdmissionRequest request(T object, T old) {
        Subject subject = Subject.of(served.resource(), subresource, old);
        return AdmissionRequest.update(subject, object, old, call.caller());
      }
    };
  }

  /** Of what follows from something that was admitted as what it is, such as a Binding. */
  static <T extends ApiObject> UpdateAdmission<T> done() {
    return new UpdateAdmission<>() {
      @Override
      public T admit(T wished, T old) {
        return wished;
      }

      @Override
      public void validate(T object, T old) {}
    };
  }
}
