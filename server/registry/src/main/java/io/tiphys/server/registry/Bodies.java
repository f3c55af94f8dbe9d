package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Envelope;
import io.tiphys.api.EvolvingType;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resources;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.Yaml;
import io.tiphys.meta.GoText;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bodies of requests as objects, with upstream's remarks about what does not fit. Checked against
 * endpoints/handlers/{create,rest}.go and apimachinery's json serializer.
 */
final class Bodies {
  /** How much of a bad body an error quotes; upstream's summarizeData. */
  private static final int SUMMARY = 30;

  private Bodies() {}

  /**
   * A body as a tree.
   *
   * @param remarks what a strict reader dislikes: fields given twice
   */
  record Tree(Json.Obj value, List<String> remarks) {}

  /** The encoding of the body; 415 when it is none that is spoken here. */
  static Encoding encoding(Request request) {
    String header = request.header("content-type");
    if (header == null || header.isBlank()) {
      return Encoding.JSON;
    }
    int semicolon = header.indexOf(';');
    String type = (semicolon < 0 ? header : header.substring(0, semicolon)).trim();
    Encoding encoding = Encoding.of(type.toLowerCase(Locale.ROOT));
    if (encoding == null) {
      throw Failures.unsupportedMediaType(Encoding.MEDIA_TYPES);
    }
    return encoding;
  }

  /** Reads an object of one kind; its fields are judged as {@code call} demands. */
  static <T> T read(Request request, ObjectType<T> type, Call call) {
    Encoding encoding = encoding(request);
    if (encoding == Encoding.PROTOBUF) {
      if (isCustom(type)) {
        throw Failures.unsupportedMediaType(
            List.of(Encoding.JSON.mediaType(), Encoding.YAML.mediaType()));
      }
      return readProto(request.body(), type);
    }
    GroupVersionKind wanted = type.gvk();
    return encoding == Encoding.JSON
        ? readJson(request.body(), type, call)
        : readTree(tree(request.body(), encoding, wanted.kind()), type, call);
  }

  /** Twice through the text, as upstream, so that remarks come in its order. */
  private static <T> T readJson(byte[] body, ObjectType<T> type, Call call) {
    GroupVersionKind wanted = type.gvk();
    GroupVersionKind found;
    try {
      found = kindOf(JsonReader.of(body), wanted);
    } catch (CodecException e) {
      return readTree(tree(body, Encoding.JSON, wanted.kind()), type, call); // says what is wrong
    }
    checkKind(found, type);
    try {
      ObjectCodec.Strict<T> read = ObjectCodec.fromJsonStrict(type, body);
      judge(read.remarks(), call, found, wanted);
      return read.value();
    } catch (CodecException e) {
      throw unhandled(found, wanted, String.valueOf(e.getMessage()));
    }
  }

  private static GroupVersionKind kindOf(JsonReader in, GroupVersionKind wanted) {
    String version = "";
    String kind = "";
    in.beginObject(wanted.kind());
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "apiVersion" -> version = in.readString();
        case "kind" -> kind = in.readString();
        default -> in.skip();
      }
    }
    return orWanted(version, kind, wanted);
  }

  private static <T> T readTree(Tree tree, ObjectType<T> type, Call call) {
    GroupVersionKind wanted = type.gvk();
    GroupVersionKind found = checkKind(tree.value(), type);
    ObjectCodec.Strict<T> read;
    try {
      read = ObjectCodec.fromTreeStrict(type, tree.value());
    } catch (CodecException e) {
      throw unhandled(found, wanted, String.valueOf(e.getMessage()));
    }
    List<String> remarks = new ArrayList<>(tree.remarks());
    remarks.addAll(read.remarks());
    judge(remarks, call, found, wanted);
    return read.value();
  }

  private static void judge(
      List<String> remarks, Call call, GroupVersionKind found, GroupVersionKind wanted) {
    if (remarks.isEmpty()) {
      return;
    }
    switch (call.fieldValidation()) {
      case IGNORE -> {}
      case WARN -> call.warnings().addAll(remarks);
      case STRICT ->
          throw unhandled(found, wanted, "strict decoding error: " + String.join(", ", remarks));
    }
  }

  private static <T> T readProto(byte[] body, ObjectType<T> type) {
    GroupVersionKind wanted = type.gvk();
    try {
      Envelope envelope = Envelope.read(body);
      boolean unnamed = envelope.kind().isEmpty();
      GroupVersionKind found = unnamed ? wanted : envelope.gvk();
      checkKind(found, type);
      return ObjectCodec.fromProto(type, envelope);
    } catch (CodecException e) {
      throw unrecognized(wanted.kind(), String.valueOf(e.getMessage()), body);
    }
  }

  /** A body as a tree, of whatever kind. */
  static Tree tree(byte[] body, Encoding encoding, String wantedKind) {
    try {
      return parse(body, encoding);
    } catch (CodecException e) {
      throw unrecognized(wantedKind, String.valueOf(e.getMessage()), body);
    }
  }

  /**
   * A body as a tree whose version and kind, if it has them, are texts; as upstream's
   * SimpleMetaFactory reads them first.
   *
   * @throws CodecException if it is none, in upstream's words
   */
  static Tree parse(byte[] body, Encoding encoding) {
    Json value;
    List<String> remarks;
    try {
      if (encoding == Encoding.YAML) {
        Yaml.Parsed parsed = Yaml.parseStrict(Yaml.decode(body));
        value = parsed.tree();
        remarks = parsed.strictErrors();
      } else {
        JsonReader reader = JsonReader.strict(body);
        value = reader.readTree();
        remarks = reader.strictErrors();
      }
    } catch (CodecException e) {
      throw noKind(String.valueOf(e.getMessage()));
    }
    if (value instanceof Json.Null) {
      return new Tree(Json.Obj.EMPTY, remarks);
    }
    if (!(value instanceof Json.Obj object)) {
      throw noKind(
          "json: cannot unmarshal "
              + name(value)
              + " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,"
              + "omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }");
    }
    for (String field : List.of("apiVersion", "kind")) {
      Json given = object.get(field);
      if (given != null && !(given instanceof Json.Str) && !(given instanceof Json.Null)) {
        throw noKind(
            "json: cannot unmarshal %s into Go struct field .%s of type string"
                .formatted(name(given), field));
      }
    }
    return new Tree(object, remarks);
  }

  private static CodecException noKind(String problem) {
    return new CodecException("couldn't get version/kind; json parse error: " + problem);
  }

  private static String name(Json value) {
    return switch (value) {
      case Json.Arr ignored -> "array";
      case Json.Str ignored -> "string";
      case Json.Int ignored -> "number";
      case Json.Num ignored -> "number";
      case Json.Bool ignored -> "bool";
      case Json.Null ignored -> "null";
      case Json.Obj ignored -> "object";
    };
  }

  private static boolean isCustom(ObjectType<?> type) {
    return type instanceof EvolvingType<?>;
  }

  private static GroupVersionKind checkKind(Json.Obj tree, ObjectType<?> type) {
    String version = tree.get("apiVersion") instanceof Json.Str(String text) ? text : "";
    String kind = tree.get("kind") instanceof Json.Str(String text) ? text : "";
    GroupVersionKind found = orWanted(version, kind, type.gvk());
    checkKind(found, type);
    return found;
  }

  private static GroupVersionKind orWanted(String version, String kind, GroupVersionKind wanted) {
    return GroupVersionKind.of(
        version.isEmpty() ? wanted.apiVersion() : version, kind.isEmpty() ? wanted.kind() : kind);
  }

  private static void checkKind(GroupVersionKind found, ObjectType<?> type) {
    GroupVersionKind wanted = type.gvk();
    if (found.equals(wanted)) {
      return;
    }
    boolean otherVersion = !found.apiVersion().equals(wanted.apiVersion());
    if (isCustom(type) && !otherVersion) {
      throw wrongKind(found, wanted);
    }
    if (isCustom(type) || (known(found) && found.kind().equals(wanted.kind()))) {
      throw ApiFailure.badRequest(
          "the API version in the data ("
              + found.apiVersion()
              + ") does not match the expected API version ("
              + wanted.apiVersion()
              + ")");
    }
    throw unhandled(found, wanted, mismatch(found, wanted));
  }

  /** Trees take any kind when they are read: it is told of when they are validated. */
  private static ApiFailure wrongKind(GroupVersionKind found, GroupVersionKind wanted) {
    return Invalid.failure(
        wanted,
        "",
        List.of(
            FieldError.invalid(FieldPath.of("kind"), found.kind(), "must be " + wanted.kind())));
  }

  private static boolean known(GroupVersionKind kind) {
    return Resources.all().stream().anyMatch(resource -> resource.type().gvk().equals(kind));
  }

  /** What upstream's scheme says of an object of one kind that is to be of another. */
  static String mismatch(GroupVersionKind found, GroupVersionKind wanted) {
    return known(found)
        ? "converting (%s.%s) to (%s): unknown conversion"
            .formatted(found.version(), found.kind(), internal(wanted))
        : "no kind %s is registered for version %s in scheme \"pkg/api/legacyscheme/scheme.go:30\""
            .formatted(GoText.quote(found.kind()), GoText.quote(found.apiVersion()));
  }

  /** As Go names the version-less type of a kind. */
  private static String internal(GroupVersionKind kind) {
    String group = kind.group().isEmpty() ? "core" : kind.group();
    int dot = group.indexOf('.');
    return (dot < 0 ? group : group.substring(0, dot)) + "." + kind.kind();
  }

  private static ApiFailure unhandled(
      GroupVersionKind found, GroupVersionKind wanted, String reason) {
    return ApiFailure.badRequest(
        found.kind()
            + " in version "
            + GoText.quote(found.version())
            + " cannot be handled as a "
            + wanted.kind()
            + ": "
            + reason);
  }

  private static ApiFailure unrecognized(String wantedKind, String reason, byte[] body) {
    return ApiFailure.badRequest(
        "the object provided is unrecognized (must be of type "
            + wantedKind
            + "): "
            + reason
            + " ("
            + summary(body)
            + ")");
  }

  private static String summary(byte[] body) {
    if (body.length == 0) {
      return "<empty>";
    }
    int shown = Math.min(SUMMARY, body.length);
    String dots = body.length > shown ? " ..." : "";
    if (body[0] == '{') {
      return new String(body, 0, shown, StandardCharsets.UTF_8) + dots;
    }
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < shown; i++) {
      hex.append(String.format("%02x", body[i]));
    }
    return hex + dots;
  }
}
