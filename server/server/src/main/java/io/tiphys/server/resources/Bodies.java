package io.tiphys.server.resources;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Envelope;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resources;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.Yaml;
import io.tiphys.meta.GoText;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.door.Request;
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
      return readProto(request.body(), type);
    }
    GroupVersionKind wanted = type.gvk();
    Tree tree = tree(request.body(), encoding, wanted.kind());
    GroupVersionKind found = checkKind(tree.value(), wanted);
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
      checkKind(found, wanted);
      return ObjectCodec.fromProto(type, envelope);
    } catch (CodecException e) {
      throw unrecognized(wanted.kind(), String.valueOf(e.getMessage()), body);
    }
  }

  /** A body as a tree, of whatever kind. */
  static Tree tree(byte[] body, Encoding encoding, String wantedKind) {
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
      throw unrecognized(
          wantedKind, "couldn't get version/kind; json parse error: " + e.getMessage(), body);
    }
    if (value instanceof Json.Obj object) {
      return new Tree(object, remarks);
    }
    throw unrecognized(
        wantedKind,
        "couldn't get version/kind; json parse error: json: cannot unmarshal "
            + name(value)
            + " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,"
            + "omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }",
        body);
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

  private static GroupVersionKind checkKind(Json.Obj tree, GroupVersionKind wanted) {
    String version = tree.get("apiVersion") instanceof Json.Str(String text) ? text : "";
    String kind = tree.get("kind") instanceof Json.Str(String text) ? text : "";
    GroupVersionKind found =
        GroupVersionKind.of(
            version.isEmpty() ? wanted.apiVersion() : version,
            kind.isEmpty() ? wanted.kind() : kind);
    checkKind(found, wanted);
    return found;
  }

  private static void checkKind(GroupVersionKind found, GroupVersionKind wanted) {
    if (found.equals(wanted)) {
      return;
    }
    boolean known =
        Resources.all().stream().anyMatch(resource -> resource.type().gvk().equals(found));
    if (!known) {
      throw unhandled(
          found,
          wanted,
          "no kind "
              + GoText.quote(found.kind())
              + " is registered for version "
              + GoText.quote(found.apiVersion())
              + " in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
    }
    if (found.kind().equals(wanted.kind())) {
      throw ApiFailure.badRequest(
          "the API version in the data ("
              + found.apiVersion()
              + ") does not match the expected API version ("
              + wanted.apiVersion()
              + ")");
    }
    throw unhandled(
        found,
        wanted,
        "converting (" + internal(found) + ") to (" + internal(wanted) + "): unknown conversion");
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
