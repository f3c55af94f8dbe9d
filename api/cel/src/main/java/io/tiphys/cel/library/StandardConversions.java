package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.BOOL;
import static io.tiphys.cel.type.CelType.BYTES;
import static io.tiphys.cel.type.CelType.DOUBLE;
import static io.tiphys.cel.type.CelType.DURATION;
import static io.tiphys.cel.type.CelType.INT;
import static io.tiphys.cel.type.CelType.STRING;
import static io.tiphys.cel.type.CelType.TIMESTAMP;
import static io.tiphys.cel.type.CelType.UINT;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.Conversions;
import java.util.ArrayList;
import java.util.List;

/** {@code int(x)} and its like (cel-go's common/stdlib/standard.go). */
final class StandardConversions {
  private static final CelType A = CelType.parameter("A");

  private StandardConversions() {}

  static List<Function> functions() {
    List<Function> all = new ArrayList<>();
    all.add(
        Function.whole(
            "type",
            Implementation.of(value -> Conversions.convert(value, CelType.TYPE)),
            value -> true,
            List.of(Overload.free("type", List.of(A), CelType.typeOf(A), null))));
    all.add(
        Function.whole(
            "dyn",
            Implementation.of(value -> value),
            value -> true,
            List.of(Overload.free("to_dyn", List.of(A), CelType.DYN, null))));
    all.add(to("bool", BOOL, "bool", BOOL, STRING));
    all.add(to("bytes", BYTES, "bytes", BYTES, STRING));
    all.add(to("double", DOUBLE, "double", DOUBLE, INT, STRING, UINT));
    all.add(to("duration", DURATION, "duration", DURATION, INT, STRING));
    all.add(to("int", INT, "int64", INT, DOUBLE, DURATION, STRING, TIMESTAMP, UINT));
    all.add(
        to(
            "string", STRING, "string", STRING, BOOL, BYTES, DOUBLE, DURATION, INT, TIMESTAMP,
            UINT));
    all.add(to("timestamp", TIMESTAMP, "timestamp", TIMESTAMP, INT, STRING));
    all.add(to("uint", UINT, "uint64", UINT, DOUBLE, INT, STRING));
    return all;
  }

  private static Function to(String name, CelType type, String idName, CelType... from) {
    List<Overload> overloads = new ArrayList<>();
    for (CelType each : from) {
      String id = idName(each) + "_to_" + idName;
      overloads.add(Overload.unary(id, each, type, value -> Conversions.convert(value, type)));
    }
    return Function.of(name, overloads.toArray(Overload[]::new));
  }

  private static String idName(CelType type) {
    return switch (type.kind()) {
      case INT -> "int64";
      case UINT -> "uint64";
      default -> type.show();
    };
  }
}
