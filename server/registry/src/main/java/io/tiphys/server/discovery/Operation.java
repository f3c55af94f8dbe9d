package io.tiphys.server.discovery;

import io.tiphys.meta.GroupVersionKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation as an OpenAPI document tells of it, in neither form of OpenAPI yet.
 *
 * @param method of HTTP, in lower case
 * @param action the verb, as {@code x-kubernetes-action} has it; empty for pages of discovery
 * @param kind what the operation is about; pages of discovery have none
 * @param subject the kind of the object that the path names
 * @param body what is sent, or null
 * @param parameters their names in {@link OpenApiParameters}
 */
record Operation(
    String method,
    String id,
    String description,
    String tag,
    String action,
    @Nullable GroupVersionKind kind,
    String subject,
    Media media,
    @Nullable Body body,
    List<String> parameters,
    List<Answer> answers) {

  /** The media types that an operation takes and gives. */
  record Media(List<String> consumes, List<String> produces) {}

  /**
   * @param schema a kind such as {@code apps/v1/Deployment}, or the name of a definition
   */
  record Body(String schema, boolean required) {}

  /**
   * @param schema a kind such as {@code apps/v1/Deployment}, the name of a definition, or {@link
   *     #TEXT}
   */
  record Answer(int code, String description, String schema) {}

  /** Stands for an answer that is no object: {@code {"type": "string"}}. */
  static final String TEXT = "string";

  static Answer ok(String schema) {
    return new Answer(200, "OK", schema);
  }

  static Answer created(String schema) {
    return new Answer(201, "Created", schema);
  }

  static Answer accepted(String schema) {
    return new Answer(202, "Accepted", schema);
  }
}
