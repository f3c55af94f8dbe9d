package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Envelope;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.Yaml;
import java.util.List;
import java.util.Map;

/**
 * Single objects in and out, as JSON or protobuf, for the kinds that are questions and not stored
 * (reviews, token requests).
 */
public final class Payload {
  private Payload() {}

  /**
   * Reads the body as the kind.
   *
   * @throws ApiFailure when it is something else
   */
  public static <T extends ApiObject> T read(Request request, ObjectType<T> type) {
    try {
      if (Envelope.opens(request.body())) {
        Envelope envelope = Envelope.read(request.body());
        expect(type, envelope.apiVersion(), envelope.kind());
        return ObjectCodec.fromProto(type, envelope);
      }
      if (!(JsonReader.of(request.body()).readTree() instanceof Json.Obj tree)) {
        throw ApiFailure.badRequest("the body of the request is not an object");
      }
      expect(type, text(tree, "apiVersion"), text(tree, "kind"));
      return ObjectCodec.fromTree(type, tree);
    } catch (CodecException e) {
      throw ApiFailure.badRequest(
          "%s in version \"%s\" cannot be handled as a %s: %s"
              .formatted(
                  type.gvk().kind(), type.gvk().version(), type.gvk().kind(), e.getMessage()));
    }
  }

  /** Writes the object as the client likes it best; 406 when that is a table. */
  public static Response.Full write(Request request, int status, ApiObject object) {
    return write(Output.negotiate(request, Output.Endpoint.QUESTIONS), status, object);
  }

  @SuppressWarnings("unchecked") // an object's type is the type of its own class
  static Response.Full write(Output output, int status, ApiObject object) {
    return write(output, status, (ObjectType<ApiObject>) object.type(), object, Map.of());
  }

  /** Writes a value in an encoding that was agreed on. */
  public static <T> Response.Full write(
      Output output, int status, ObjectType<T> type, T value, Map<String, String> headers) {
    List<byte[]> body =
        switch (output.encoding()) {
          case JSON -> output.json(List.of(ObjectCodec.toJson(type, value)));
          case YAML -> List.of(Yaml.print(ObjectCodec.toTree(type, value)).getBytes(UTF_8));
          case PROTOBUF -> List.of(ObjectCodec.toProto(type, value));
        };
    return new Response.Full(status, output.encoding().mediaType(), body, headers);
  }

  private static void expect(ObjectType<?> type, String apiVersion, String kind) {
    // Both may be missing: the path has said what it is.
    boolean versionFits = apiVersion.isEmpty() || apiVersion.equals(type.gvk().apiVersion());
    if (!versionFits || !(kind.isEmpty() || kind.equals(type.gvk().kind()))) {
      throw ApiFailure.badRequest(
          "the object provided is unrecognized (must be of type %s): %s, Kind=%s"
              .formatted(type.gvk().kind(), apiVersion, kind));
    }
  }

  private static String text(Json.Obj tree, String name) {
    return tree.get(name) instanceof Json.Str(String value) ? value : "";
  }
}
