package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.server.http.User;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants done, as admission sees it: one form for every verb but reading. An action on
 * an object is the creation of what says it, such as a Binding. Checked against
 * apiserver/pkg/admission/attributes.go.
 *
 * @param object what would be stored, or done; null for a deletion and a connection
 * @param old what is stored; null for a creation and a connection
 * @param connection what is asked of a connection, such as PodExecOptions; null for all else
 */
public record AdmissionRequest(
    Operation operation,
    Subject subject,
    @Nullable ApiObject object,
    @Nullable ApiObject old,
    Json.@Nullable Obj connection,
    Caller caller) {

  /**
   * What it is about.
   *
   * @param subresource empty for the object itself
   * @param namespace empty where there is none; that of a namespace is the namespace itself
   * @param name empty when the server will generate it, and of each object of a collection
   */
  public record Subject(Resource<?> resource, String subresource, String namespace, String name) {
    /** An object in its place. */
    public static Subject of(Resource<?> resource, String subresource, ApiObject object) {
      return new Subject(resource, subresource, place(resource, object), object.name());
    }

    /** An object that goes with its collection: upstream names none of them. */
    public static Subject inCollection(Resource<?> resource, ApiObject object) {
      return new Subject(resource, "", place(resource, object), "");
    }

    private static String place(Resource<?> resource, ApiObject object) {
      return resource.equals(CoreV1.NAMESPACES) ? object.name() : object.namespace();
    }
  }

  /**
   * Who wants it, and how.
   *
   * @param options as the client gave them
   * @param notes hears what plugins say
   */
  public record Caller(User user, boolean dryRun, OperationOptions options, AdmissionNotes notes) {
    /** The same caller who only wants to know what would happen. */
    public Caller dry() {
      return new Caller(user, true, options, notes);
    }
  }

  public static AdmissionRequest create(Subject subject, ApiObject object, Caller caller) {
    return new AdmissionRequest(Operation.CREATE, subject, object, null, null, caller);
  }

  public static AdmissionRequest update(
      Subject subject, ApiObject object, ApiObject old, Caller caller) {
    return new AdmissionRequest(Operation.UPDATE, subject, object, old, null, caller);
  }

  public static AdmissionRequest delete(Subject subject, ApiObject old, Caller caller) {
    return new AdmissionRequest(Operation.DELETE, subject, null, old, null, caller);
  }

  public static AdmissionRequest connect(Subject subject, Json.Obj connection, Caller caller) {
    return new AdmissionRequest(Operation.CONNECT, subject, null, null, connection, caller);
  }

  public AdmissionRequest withObject(ApiObject changed) {
    return new AdmissionRequest(operation, subject, changed, old, connection, caller);
  }

  public Resource<?> resource() {
    return subject.resource();
  }

  public String subresource() {
    return subject.subresource();
  }

  public String namespace() {
    return subject.namespace();
  }

  public String name() {
    return subject.name();
  }

  public User user() {
    return caller.user();
  }

  public boolean dryRun() {
    return caller.dryRun();
  }

  public AdmissionNotes notes() {
    return caller.notes();
  }

  /** The options as an object; empty for a connection. */
  public Json.Obj options() {
    return caller.options().toTree(operation);
  }

  /** What is stored, done or asked, as a tree; null for a deletion. */
  public Json.@Nullable Obj tree() {
    return object == null ? connection : ObjectCodec.toTree(object);
  }

  /** Whether something is created or changed. */
  public boolean writes() {
    return operation == Operation.CREATE || operation == Operation.UPDATE;
  }

  /** Whether this is about the resource itself, not one of its subresources. */
  public boolean isOn(Resource<?> other) {
    return subresource().isEmpty() && resource().equals(other);
  }

  /** The name for messages; extractResourceName of apiserver/pkg/admission/errors.go. */
  String describedName() {
    if (!name().isEmpty()) {
      return name();
    }
    if (connection != null) {
      return "Unknown/errorGettingName";
    }
    if (object != null && !object.name().isEmpty()) {
      return object.name();
    }
    if (object != null && !object.metadata().generateName().isEmpty()) {
      return object.metadata().generateName();
    }
    return "Unknown";
  }
}
