package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.codec.Yaml;
import java.util.List;
import java.util.Map;

/** Single objects that are not stored, in the encoding that was agreed on. */
public final class Payload {
  private Payload() {}

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
}
