package io.tiphys.meta.patch;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.meta.patch.PatchException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON patch of RFC 6902: a list of operations.
 *
 * <p>Checked against patch.go of evanphx/json-patch v4 and jsonPatcher in
 * apiserver/pkg/endpoints/handlers/patch.go. With them it takes negative indices, lets {@code
 * replace} add a member that is missing, and lets {@code test} for null pass on one.
 */
public final class JsonPatch {
  /** Upstream's bound on the operations of one patch. */
  public static final int MAX_OPERATIONS = 10_000;

  /** Upstream's bound on what copies may add, the size of the largest request. */
  private static final long MAX_COPIED_BYTES = 3 * 1024 * 1024;

  /** One step. A field that the patch does not have is null. */
  private record Operation(
      @Nullable String op, @Nullable String path, @Nullable String from, @Nullable Json value) {}

  private final List<Operation> operations;

  private JsonPatch(List<Operation> operations) {
    this.operations = operations;
  }

  /**
   * Reads a patch.
   *
   * @throws PatchException if it is not a list of operations or too long
   */
  public static JsonPatch of(Json patch) {
    if (!(patch instanceof Json.Arr(var elements))) {
      if (patch == Json.Null.NULL) {
        return new JsonPatch(List.of());
      }
      throw cannotDecode(patch, "value of type []handlers.jsonPatchOp");
    }
    if (elements.size() > MAX_OPERATIONS) {
      throw new PatchException(
          Kind.TOO_LARGE,
          "The allowed maximum operations in a JSON patch is %d, got %d"
              .formatted(MAX_OPERATIONS, elements.size()));
    }
    List<Operation> operations = new ArrayList<>(elements.size());
    for (Json element : elements) {
      if (!(element instanceof Json.Obj step)) {
        throw cannotDecode(element, "value of type handlers.jsonPatchOp");
      }
      operations.add(
          new Operation(
              text(step, "op"), text(step, "path"), text(step, "from"), step.get("value")));
    }
    return new JsonPatch(operations);
  }

  private static @Nullable String text(Json.Obj step, String field) {
    Json value = step.get(field);
    if (value == null || value == Json.Null.NULL) {
      return null;
    }
    if (value instanceof Json.Str(var text)) {
      return text;
    }
    throw cannotDecode(value, "struct field jsonPatchOp." + field + " of type string");
  }

  private static PatchException cannotDecode(Json value, String into) {
    return new PatchException(
        Kind.BAD_REQUEST,
        "error decoding patch: json: cannot unmarshal "
            + GoKind.jsonKind(value)
            + " into Go "
            + into);
  }

  /**
   * The document with all operations applied.
   *
   * @throws PatchException if one of them does not apply
   */
  public Json apply(Json document) {
    Application application = new Application(document);
    for (Operation operation : operations) {
      application.perform(operation);
    }
    return application.document;
  }

  /** A document on its way through the operations. */
  private static final class Application {
    private Json document;
    private long copiedBytes;

    Application(Json document) {
      this.document = document;
    }

    void perform(Operation operation) {
      switch (operation.op()) {
        case "add" -> add(operation);
        case "remove" -> remove(operation);
        case "replace" -> replace(operation);
        case "move" -> move(operation);
        case "test" -> test(operation);
        case "copy" -> copy(operation);
        case null -> throw failed("Unexpected kind: unknown");
        default -> throw failed("Unexpected kind: " + operation.op());
      }
    }

    private void add(Operation operation) {
      String path =
          required(operation.path(), "add operation failed to decode path: missing value");
      Place place =
          place(path, "add operation does not apply: doc is missing path: \"" + path + "\"");
      put(place, value(operation), "error in add for path: '" + path + "': ");
    }

    private void remove(Operation operation) {
      String path =
          required(operation.path(), "remove operation failed to decode path: missing value");
      Place place =
          place(path, "remove operation does not apply: doc is missing path: \"" + path + "\"");
      take(place, "error in remove for path: '" + path + "': ");
    }

    private void replace(Operation operation) {
      String path =
          required(
              operation.path(),
              "replace operation failed to decode path: operation missing path field: missing"
                  + " value");
      if (path.isEmpty()) {
        if (!(operation.value() instanceof Json.Obj) && !(operation.value() instanceof Json.Arr)) {
          throw failed("replace operation value must be object or array: %!w(<nil>)");
        }
        document = operation.value();
        return;
      }
      Place place = place(path, "replace operation does not apply: doc is missing path: " + path);
      Json replaced =
          switch (place.container()) {
            case Json.Obj object -> object.with(place.key(), value(operation));
            case Json.Arr(var elements) -> {
              int index;
              try {
                index = Positions.existing(elements, place.key());
              } catch (PatchException _) {
                throw failed(
                    "replace operation does not apply: doc is missing key: "
                        + path
                        + ": missing value");
              }
              List<Json> changed = new ArrayList<>(elements);
              changed.set(index, value(operation));
              yield new Json.Arr(changed);
            }
            default -> throw new IllegalStateException("a place is in an object or array");
          };
      place.rebuild(replaced);
    }

    private void move(Operation operation) {
      String from =
          required(
              operation.from(),
              "move operation failed to decode from: operation, missing from field: missing value");
      Place source =
          place(from, "move operation does not apply: doc is missing from path: " + from);
      String error = "error in move for path: '" + source.key() + "': ";
      Json value = get(source, error);
      take(source, error);
      String path =
          required(
              operation.path(),
              "move operation failed to decode path: operation missing path field: missing value");
      Place target =
          place(path, "move operation does not apply: doc is missing destination path: " + path);
      put(
          target,
          value == null ? Json.Null.NULL : value,
          "error in move for path: '" + path + "': ");
    }

    private void copy(Operation operation) {
      String from =
          required(
              operation.from(),
              "copy operation failed to decode from: operation, missing from field: missing value");
      Place source =
          place(from, "copy operation does not apply: doc is missing from path: " + from);
      Json value = get(source, "error in copy for from: '" + from + "': ");
      String path =
          required(operation.path(), "copy operation failed to decode path: missing value");
      Place target =
          place(path, "copy operation does not apply: doc is missing destination path: " + path);
      if (value != null) {
        JsonWriter written = new JsonWriter();
        written.writeTree(value);
        copiedBytes += written.size();
        if (copiedBytes > MAX_COPIED_BYTES) {
          throw failed(
              "Unable to complete the copy, the accumulated size increase of copy is "
                  + copiedBytes
                  + ", exceeding the limit "
                  + MAX_COPIED_BYTES);
        }
      }
      put(target, value == null ? Json.Null.NULL : value, "error while adding value during copy: ");
    }

    private void test(Operation operation) {
      String path =
          required(
              operation.path(),
              "test operation failed to decode path: operation missing path field: missing value");
      Json found;
      if (path.isEmpty()) {
        found = document;
      } else {
        Place place = place(path, "test operation does not apply: is missing path: " + path);
        found = get(place, "error in test for path: '" + path + "': ");
      }
      Json actual = found == null ? Json.Null.NULL : found;
      if (!actual.equals(value(operation))) {
        throw failed("testing value " + path + " failed: test failed");
      }
    }

    private static Json value(Operation operation) {
      Json value = operation.value();
      return value == null ? Json.Null.NULL : value;
    }

    private static String required(@Nullable String text, String otherwise) {
      if (text == null) {
        throw failed(otherwise);
      }
      return text;
    }

    /** A key in an object or array of the document, and the way back to the root. */
    private final class Place {
      private final List<Json> containers = new ArrayList<>();
      private final List<String> keys = new ArrayList<>();

      Json container() {
        return containers.getLast();
      }

      String key() {
        return keys.getLast();
      }

      /** Puts a changed container in its place, all the way up. */
      void rebuild(Json changed) {
        Json inner = changed;
        for (int i = containers.size() - 2; i >= 0; i--) {
          String key = keys.get(i);
          inner =
              switch (containers.get(i)) {
                case Json.Obj object -> object.with(key, inner);
                case Json.Arr(var elements) -> {
                  List<Json> copy = new ArrayList<>(elements);
                  copy.set(Positions.existing(elements, key), inner);
                  yield new Json.Arr(copy);
                }
                default -> throw new IllegalStateException("a place is in an object or array");
              };
        }
        document = inner;
      }
    }

    private Place place(String path, String missing) {
      String[] parts = path.split("/", -1);
      if (parts.length < 2) {
        throw failed(missing + ": missing value");
      }
      Place place = new Place();
      Json current = document;
      for (int i = 1; i < parts.length; i++) {
        if (!(current instanceof Json.Obj) && !(current instanceof Json.Arr)) {
          throw failed(missing + ": missing value");
        }
        String key = unescape(parts[i]);
        place.containers.add(current);
        place.keys.add(key);
        if (i < parts.length - 1) {
          try {
            current = get(place, "");
          } catch (PatchException _) {
            throw failed(missing + ": missing value");
          }
        }
      }
      return place;
    }

    /** Both escapes in one pass, as upstream's replacer does: {@code ~01} is {@code ~1}. */
    private static String unescape(String part) {
      if (part.indexOf('~') < 0) {
        return part;
      }
      StringBuilder key = new StringBuilder();
      for (int i = 0; i < part.length(); i++) {
        if (part.startsWith("~1", i)) {
          key.append('/');
          i++;
        } else if (part.startsWith("~0", i)) {
          key.append('~');
          i++;
        } else {
          key.append(part.charAt(i));
        }
      }
      return key.toString();
    }

    /** Null if an object has no such member. */
    private static @Nullable Json get(Place place, String error) {
      if (place.container() instanceof Json.Arr(var elements)) {
        try {
          return elements.get(Positions.existing(elements, place.key()));
        } catch (PatchException e) {
          throw failed(error + e.getMessage());
        }
      }
      return ((Json.Obj) place.container()).get(place.key());
    }

    private static void put(Place place, Json value, String error) {
      if (place.container() instanceof Json.Arr(var elements)) {
        List<Json> changed = new ArrayList<>(elements);
        changed.add(Positions.insertion(elements, place.key(), error), value);
        place.rebuild(new Json.Arr(changed));
      } else {
        place.rebuild(((Json.Obj) place.container()).with(place.key(), value));
      }
    }

    private static void take(Place place, String error) {
      if (place.container() instanceof Json.Arr(var elements)) {
        List<Json> changed = new ArrayList<>(elements);
        try {
          changed.remove(Positions.existing(elements, place.key()));
        } catch (PatchException e) {
          throw failed(error + e.getMessage());
        }
        place.rebuild(new Json.Arr(changed));
        return;
      }
      Json.Obj object = (Json.Obj) place.container();
      if (object.get(place.key()) == null) {
        throw failed(
            error + "Unable to remove nonexistent key: " + place.key() + ": missing value");
      }
      place.rebuild(object.without(place.key()));
    }

    private static PatchException failed(String message) {
      return new PatchException(Kind.UNPROCESSABLE, message);
    }
  }
}
