package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.patch.MergePatch;
import io.tiphys.meta.patch.PatchException;
import io.tiphys.meta.patch.StrategicMergePatch;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.registry.Updates.Updated;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Patches: an update whose wish is made of what is there. Checked against handlers/patch.go. */
final class Patches {
  private final VerbContext context;
  private final Updates updates;

  Patches(VerbContext context, Updates updates) {
    this.context = context;
    this.updates = updates;
  }

  /** Where a patch goes. */
  record Target(String namespace, String name, String subresource) {}

  <T extends ApiObject, S extends ApiObject> Updated<T> patch(
      Served<T, S> served, Call call, Target target, PatchBody body) throws InterruptedException {
    boolean apply = body instanceof PatchBody.Apply;
    UpdateOrder.Change<T> change =
        current -> {
          T wished =
              body instanceof PatchBody.Apply configuration
                  ? applied(served, call, target, configuration, current)
                  : patched(served, call, target, body, current);
          checkName(target, wished);
          return new Decoded<>(wished);
        };
    return updates.update(
        served,
        call,
        new UpdateOrder<>(
            target.namespace(),
            target.name(),
            updates.part(served, call, target.subresource()),
            change,
            apply,
            ""));
  }

  private <T extends ApiObject> T applied(
      Served<T, ?> served, Call call, Target target, PatchBody.Apply body, @Nullable T current) {
    if (current == null && !target.subresource().isEmpty()) {
      throw served.notFound(target.name());
    }
    T merged =
        context
            .managedFields()
            .applied(
                served,
                call,
                target.subresource(),
                current,
                new ManagedFields.Application(body.configuration(), body.force()));
    checkRemarks(body, call);
    return served.defaults(merged);
  }

  /** What a strict reader dislikes in a configuration, told as {@code call} demands. */
  static void checkRemarks(PatchBody.Apply body, Call call) {
    if (body.remarks().isEmpty()) {
      return;
    }
    switch (call.fieldValidation()) {
      case IGNORE -> {}
      case WARN -> call.warnings().addAll(body.remarks());
      case STRICT ->
          throw ApiFailure.badRequest(
              "error strict decoding YAML: " + String.join(", ", body.remarks()));
    }
  }

  private <T extends ApiObject> T patched(
      Served<T, ?> served, Call call, Target target, PatchBody body, @Nullable T current) {
    if (current == null) {
      throw served.notFound(target.name());
    }
    ObjectType<T> type = served.resource().type();
    Json.Obj tree = apply(ObjectCodec.toTree(current), body, type);
    T wished = served.defaults(decode(type, tree, body, call));
    return context.managedFields().updated(served, call, target.subresource(), current, wished);
  }

  /** The object's tree with the patch done. */
  static Json.Obj apply(Json.Obj tree, PatchBody body, ObjectType<?> type) {
    try {
      Json patched =
          switch (body) {
            case PatchBody.OfJson patch -> patch.patch().apply(tree);
            case PatchBody.Merge patch -> MergePatch.apply(tree, patch.patch());
            case PatchBody.Strategic patch ->
                StrategicMergePatch.apply(tree, patch.patch(), type.schema());
            case PatchBody.Apply patch -> MergePatch.apply(tree, patch.configuration());
          };
      if (patched instanceof Json.Obj object) {
        return object;
      }
    } catch (PatchException e) {
      throw PatchBody.failure(e);
    }
    throw Failures.unprocessable();
  }

  /** The patched tree as an object, its fields judged as {@code call} demands. */
  static <T> T decode(ObjectType<T> type, Json.Obj tree, PatchBody body, Call call) {
    checkKind(type.gvk(), tree, body);
    ObjectCodec.Strict<T> read;
    try {
      read =
          body instanceof PatchBody.Strategic
              ? ObjectCodec.convert(type, tree)
              : ObjectCodec.fromTreeStrict(type, tree);
    } catch (CodecException e) {
      throw invalid(shown(tree, body), String.valueOf(e.getMessage()));
    }
    List<String> remarks = new ArrayList<>(body.remarks());
    remarks.addAll(read.remarks());
    if (!remarks.isEmpty()) {
      switch (call.fieldValidation()) {
        case IGNORE -> {}
        case WARN -> call.warnings().addAll(remarks);
        case STRICT ->
            throw invalid(
                shown(tree, body), "strict decoding error: " + String.join(", ", remarks));
      }
    }
    return read.value();
  }

  /** These patches are decoded as a body would be; a strategic one keeps its kind regardless. */
  private static void checkKind(GroupVersionKind wanted, Json.Obj tree, PatchBody body) {
    if (!(body instanceof PatchBody.OfJson) && !(body instanceof PatchBody.Merge)) {
      return;
    }
    GroupVersionKind found =
        GroupVersionKind.of(
            tree.get("apiVersion") instanceof Json.Str(String text) ? text : wanted.apiVersion(),
            tree.get("kind") instanceof Json.Str(String text) ? text : wanted.kind());
    if (!found.equals(wanted)) {
      throw invalid(shown(tree, body), Bodies.mismatch(found, wanted));
    }
  }

  private static ApiFailure invalid(String shown, String detail) {
    return Invalid.failure(
        "", "", "", List.of(FieldError.invalid(FieldPath.of("patch"), shown, detail)));
  }

  /** A strategic patch never becomes JSON again, and is shown as Go prints a map. */
  private static String shown(Json.Obj tree, PatchBody body) {
    return body instanceof PatchBody.Strategic(var patch, _)
        ? GoText.value(patch)
        : new String(Rendering.json(tree), StandardCharsets.UTF_8);
  }

  /** The object must still be the one that the path names. */
  static void checkName(Target target, ApiObject object) {
    checkName(target.namespace(), target.name(), object);
  }

  static void checkName(String namespace, String name, ApiObject object) {
    boolean elsewhere =
        !object.namespace().isEmpty()
            && !namespace.isEmpty()
            && !object.namespace().equals(namespace);
    if (elsewhere) {
      throw ApiFailure.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (object.name().isEmpty()) {
      throw ApiFailure.badRequest(
          "the name of the object (%s based on URL) was undeterminable: name must be provided"
              .formatted(name));
    }
    if (!object.name().equals(name)) {
      throw ApiFailure.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(object.name(), name));
    }
  }
}
