package io.tiphys.server.http;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.codec.JsonIndent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a client wants its answer. Checked against apiserver/pkg/endpoints/handlers/negotiation.
 *
 * @param shape objects as they are, or shown as something else
 * @param pretty JSON set out over lines, for people
 */
public record Output(Encoding encoding, Shape shape, boolean pretty) {
  private static final byte[] NEWLINE = {'\n'};
  private static final int NOT_ACCEPTABLE = 406;
  private static final String TABLE = "Table";
  private static final String PARTIAL = "PartialObjectMetadata";
  private static final String PARTIAL_LIST = "PartialObjectMetadataList";

  /** What is sent of an object. */
  public enum Shape {
    OBJECT,
    TABLE,
    METADATA
  }

  /** What an endpoint can answer with: upstream's EndpointRestrictions. */
  public enum Endpoint {
    /** Objects, which can be shown as tables or by their metadata too. */
    OBJECTS,
    /** A stream of objects. */
    STREAM,
    /** Objects that nothing prints as a table, such as reviews. */
    QUESTIONS,
    /** Objects that have no protobuf, as those of custom resources. */
    TREES,
    /** A stream of such objects. */
    TREE_STREAM,
    /** What is no object: discovery, failures. */
    PLAIN;

    boolean streams() {
      return this == STREAM || this == TREE_STREAM;
    }

    boolean isWithoutProtobuf() {
      return this == TREES || this == TREE_STREAM;
    }

    private List<String> mediaTypes() {
      return switch (this) {
        case STREAM -> List.of(Encoding.JSON.mediaType(), Encoding.PROTOBUF.streamType());
        case TREE_STREAM -> List.of(Encoding.JSON.mediaType());
        case TREES -> List.of(Encoding.JSON.mediaType(), Encoding.YAML.mediaType());
        case OBJECTS, QUESTIONS, PLAIN -> Encoding.MEDIA_TYPES;
      };
    }
  }

  /** The first of the accepted media types that can be served; 406 when there is none. */
  public static Output negotiate(Request request, Endpoint endpoint) {
    Output output = find(request, endpoint);
    if (output != null) {
      return output;
    }
    List<String> known = endpoint.mediaTypes();
    throw new ApiFailure(
        Status.builder()
            .status("Failure")
            .code(NOT_ACCEPTABLE)
            .reason("NotAcceptable")
            .message("only the following media types are accepted: " + String.join(", ", known))
            .build());
  }

  /** As {@link #negotiate}; null when none of the accepted media types can be served. */
  static @Nullable Output find(Request request, Endpoint endpoint) {
    String accept = request.header("accept");
    if (accept == null || accept.isBlank()) {
      return new Output(Encoding.JSON, Shape.OBJECT, isForPeople(request));
    }
    for (Clause clause : Clause.parse(accept)) {
      Output output = clause.output(request, endpoint);
      if (output != null) {
        return output;
      }
    }
    return null;
  }

  /** Upstream's isPrettyPrint: the parameter decides, else whether a person's tool is asking. */
  static boolean isForPeople(Request request) {
    String pretty = request.parameter("pretty");
    if (pretty != null && !pretty.isEmpty()) {
      return switch (pretty) {
        case "1", "t", "T", "true", "TRUE", "True" -> true;
        default -> false;
      };
    }
    String agent = request.header("user-agent");
    return agent != null
        && (agent.startsWith("curl")
            || agent.startsWith("Wget")
            || agent.startsWith("Mozilla/5.0"));
  }

  /** JSON as it is sent: set out over lines, or in one with its end, as Go's two encoders do. */
  public List<byte[]> json(List<byte[]> compact) {
    if (pretty) {
      return List.of(JsonIndent.of(compact));
    }
    List<byte[]> pieces = new ArrayList<>(compact.size() + 1);
    pieces.addAll(compact);
    pieces.add(NEWLINE);
    return pieces;
  }

  /** One media range of an Accept header. */
  private record Clause(
      String type,
      double quality,
      String as,
      String version,
      String group,
      String streamAs,
      boolean pretty) {

    /** The clauses, best first; equally good ones in the client's order. */
    static List<Clause> parse(String accept) {
      List<Clause> clauses = new ArrayList<>();
      for (String part : accept.split(",")) {
        clauses.add(parseOne(part));
      }
      clauses.sort(Comparator.comparingDouble(Clause::quality).reversed());
      return clauses;
    }

    private static Clause parseOne(String part) {
      String[] pieces = part.trim().split(";");
      double quality = 1;
      String as = "";
      String version = "";
      String group = "";
      String stream = "";
      boolean pretty = false;
      for (int i = 1; i < pieces.length; i++) {
        int equals = pieces[i].indexOf('=');
        String name = equals < 0 ? pieces[i].trim() : pieces[i].substring(0, equals).trim();
        String value = equals < 0 ? "" : pieces[i].substring(equals + 1).trim();
        switch (name) {
          case "q" -> quality = number(value);
          case "as" -> as = value;
          case "v" -> version = value;
          case "g" -> group = value;
          case "stream" -> stream = value;
          case "pretty" -> pretty = value.equals("1");
          default -> {}
        }
      }
      String type = pieces[0].trim().toLowerCase(Locale.ROOT);
      return new Clause(type, quality, as, version, group, stream, pretty);
    }

    private static double number(String text) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return 1;
      }
    }

    @Nullable Output output(Request request, Endpoint endpoint) {
      boolean any = type.equals("*/*") || type.equals("application/*");
      Encoding encoding = any ? Encoding.JSON : Encoding.of(type);
      boolean unsuited = endpoint.streams() && encoding == Encoding.YAML;
      if (encoding == null || unsuited || !(streamAs.isEmpty() || streamAs.equals("watch"))) {
        return null;
      }
      Shape shape = shape(encoding, endpoint);
      if (shape == Shape.OBJECT && encoding == Encoding.PROTOBUF && endpoint.isWithoutProtobuf()) {
        return null;
      }
      boolean wide = encoding == Encoding.JSON && (pretty || isForPeople(request));
      return shape == null ? null : new Output(encoding, shape, wide);
    }

    /** What is asked to be made of the object; null when the endpoint cannot. */
    private @Nullable Shape shape(Encoding encoding, Endpoint endpoint) {
      if (as.isEmpty() && group.isEmpty() && version.isEmpty()) {
        return Shape.OBJECT;
      }
      boolean known =
          group.equals("meta.k8s.io") && (version.equals("v1") || version.equals("v1beta1"));
      if (!known || endpoint == Endpoint.PLAIN) {
        return null;
      }
      return switch (as) {
        case TABLE ->
            encoding == Encoding.PROTOBUF || endpoint == Endpoint.QUESTIONS ? null : Shape.TABLE;
        case PARTIAL, PARTIAL_LIST -> Shape.METADATA;
        default -> null;
      };
    }
  }
}
