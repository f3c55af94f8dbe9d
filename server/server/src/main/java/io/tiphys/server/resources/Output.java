package io.tiphys.server.resources;

import io.tiphys.server.door.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a client wants its answer. Checked against apiserver/pkg/endpoints/handlers/negotiation.
 *
 * @param shape objects as they are, or shown as something else
 */
record Output(Encoding encoding, Shape shape) {
  static final Output PLAIN = new Output(Encoding.JSON, Shape.OBJECT);

  private static final String TABLE = "Table";
  private static final String PARTIAL = "PartialObjectMetadata";
  private static final String PARTIAL_LIST = "PartialObjectMetadataList";

  /** What is sent of an object. */
  enum Shape {
    OBJECT,
    TABLE,
    METADATA
  }

  /** The first of the accepted media types that can be served; 406 when there is none. */
  static Output negotiate(Request request, boolean stream) {
    String accept = request.header("accept");
    if (accept == null || accept.isBlank()) {
      return PLAIN;
    }
    for (Clause clause : Clause.parse(accept)) {
      Output output = clause.output(stream);
      if (output != null) {
        return output;
      }
    }
    throw Failures.notAcceptable(
        stream
            ? List.of(Encoding.JSON.mediaType(), Encoding.PROTOBUF.streamType())
            : Encoding.MEDIA_TYPES);
  }

  /** One media range of an Accept header. */
  private record Clause(
      String type, double quality, String as, String version, String group, String streamAs) {

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
          default -> {}
        }
      }
      String type = pieces[0].trim().toLowerCase(Locale.ROOT);
      return new Clause(type, quality, as, version, group, stream);
    }

    private static double number(String text) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return 1;
      }
    }

    @Nullable Output output(boolean stream) {
      boolean any = type.equals("*/*") || type.equals("application/*");
      Encoding encoding = any ? Encoding.JSON : Encoding.of(type);
      boolean unsuited = stream && encoding == Encoding.YAML;
      if (encoding == null || unsuited || !(streamAs.isEmpty() || streamAs.equals("watch"))) {
        return null;
      }
      if (as.isEmpty()) {
        return new Output(encoding, Shape.OBJECT);
      }
      boolean known =
          group.equals("meta.k8s.io") && (version.equals("v1") || version.equals("v1beta1"));
      return switch (as) {
        case TABLE ->
            known && encoding != Encoding.PROTOBUF ? new Output(encoding, Shape.TABLE) : null;
        case PARTIAL, PARTIAL_LIST -> known ? new Output(encoding, Shape.METADATA) : null;
        default -> null;
      };
    }
  }
}
