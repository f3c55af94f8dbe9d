package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.meta.patch.MergePatch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Objects as their authors write them: JSON with single quotes. */
final class Written {
  static final WriteContext CONTEXT =
      new WriteContext("me", "", List.of(), Map.of(), Instant.EPOCH);

  static final String UID = "123e4567-e89b-12d3-a456-426614174000";

  private Written() {}

  static <T extends ApiObject> T plain(Resource<T> resource, String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return ObjectCodec.fromJson(resource.type(), bytes);
  }

  static <T extends ApiObject> T defaulted(Resource<T> resource, String json) {
    return Rules.of(resource).defaults(plain(resource, json));
  }

  /** The messages for a new object. */
  static <T extends ApiObject> List<String> errors(Resource<T> resource, String json) {
    return messages(Rules.of(resource).validate(created(resource, json)));
  }

  /** The object as it would be stored: with a uid, which the server gives. */
  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  static <T extends ApiObject> T created(Resource<T> resource, String json) {
    T object = defaulted(resource, json);
    T named = (T) object.withMetadata(object.metadata().withUid(UID));
    return Rules.of(resource).prepareForCreate(named, CONTEXT);
  }

  /** The messages when an object that is stored is changed by a JSON merge patch. */
  static <T extends ApiObject> List<String> patchErrors(
      Resource<T> resource, T stored, String patch) {
    ResourceRules<T> rules = Rules.of(resource);
    Json change = Json.parse(patch.replace('\'', '"'));
    Json.Obj patched = MergePatch.apply(ObjectCodec.toTree(stored), change);
    T after = rules.defaults(ObjectCodec.fromTree(resource.type(), patched));
    return messages(rules.validateUpdate(rules.prepareForUpdate(after, stored, CONTEXT), stored));
  }

  /** The messages when {@code old} becomes {@code json}. */
  static <T extends ApiObject> List<String> updateErrors(
      Resource<T> resource, String old, String json) {
    T before = defaulted(resource, old);
    ResourceRules<T> rules = Rules.of(resource);
    T after = rules.prepareForUpdate(defaulted(resource, json), before, CONTEXT);
    return messages(rules.validateUpdate(after, before));
  }

  /** The messages when the status of {@code old} becomes that of {@code json}. */
  static <T extends ApiObject> List<String> statusErrors(
      Resource<T> resource, String old, String json) {
    UpdateRules<T> status = Objects.requireNonNull(Rules.of(resource).subresources().get("status"));
    T before = defaulted(resource, old);
    T after = status.prepareForUpdate(defaulted(resource, json), before, CONTEXT);
    return messages(status.validateUpdate(after, before));
  }

  private static List<String> messages(List<FieldError> errors) {
    return errors.stream().map(FieldError::message).toList();
  }
}
