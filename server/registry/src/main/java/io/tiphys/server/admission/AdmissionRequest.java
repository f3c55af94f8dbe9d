package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.server.http.User;
import org.jspecify.annotations.Nullable;

/**
 * A write as admission sees it.
 *
 * @param subresource empty for the object itself
 * @param name empty when the server will generate it
 * @param object what would be stored; null for a deletion
 * @param old what is stored; null for a creation
 */
public record AdmissionRequest(
    Operation operation,
    Resource<?> resource,
    String subresource,
    String namespace,
    String name,
    @Nullable ApiObject object,
    @Nullable ApiObject old,
    User user,
    boolean dryRun) {

  public AdmissionRequest withObject(ApiObject changed) {
    return new AdmissionRequest(
        operation, resource, subresource, namespace, name, changed, old, user, dryRun);
  }

  /** Whether this is about the resource itself, not one of its subresources. */
  boolean isOn(Resource<?> other) {
    return subresource.isEmpty() && resource.equals(other);
  }

  /** The name for messages: the object's, else what it will begin with. */
  String describedName() {
    if (object != null && !object.name().isEmpty()) {
      return object.name();
    }
    if (object != null && !object.metadata().generateName().isEmpty()) {
      return object.metadata().generateName();
    }
    return name.isEmpty() ? "Unknown" : name;
  }
}
