package io.tiphys.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The encodings the API speaks, in upstream's order of preference. */
public enum Encoding {
  JSON("application/json"),
  YAML("application/yaml"),
  PROTOBUF("application/vnd.kubernetes.protobuf");

  public static final List<String> MEDIA_TYPES =
      List.of(JSON.mediaType, YAML.mediaType, PROTOBUF.mediaType);

  private final String mediaType;

  Encoding(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }

  /** The content type of a stream of watch events. */
  public String streamType() {
    return this == JSON ? mediaType : mediaType + ";stream=watch";
  }

  public static @Nullable Encoding of(String mediaType) {
    for (Encoding encoding : values()) {
      if (encoding.mediaType.equals(mediaType)) {
        return encoding;
      }
    }
    return null;
  }
}
