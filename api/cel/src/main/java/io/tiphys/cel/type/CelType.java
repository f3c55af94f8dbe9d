package io.tiphys.cel.type;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A type, with the rules of cel-go's common/types/types.go.
 *
 * @param name under which it is known at run time, without parameters
 * @param parameters of lists the element, of maps key and value
 */
public record CelType(Kind kind, String name, List<CelType> parameters) {
  private static final String OPTIONAL_NAME = "optional_type";

  public static final CelType ANY = of(Kind.ANY, "google.protobuf.Any");
  public static final CelType BOOL = of(Kind.BOOL, "bool");
  public static final CelType BYTES = of(Kind.BYTES, "bytes");
  public static final CelType DOUBLE = of(Kind.DOUBLE, "double");
  public static final CelType DURATION = of(Kind.DURATION, "google.protobuf.Duration");
  public static final CelType DYN = of(Kind.DYN, "dyn");
  public static final CelType ERROR = of(Kind.ERROR, "error");
  public static final CelType INT = of(Kind.INT, "int");
  public static final CelType NULL = of(Kind.NULL, "null_type");
  public static final CelType STRING = of(Kind.STRING, "string");
  public static final CelType TIMESTAMP = of(Kind.TIMESTAMP, "google.protobuf.Timestamp");
  public static final CelType TYPE = of(Kind.TYPE, "type");
  public static final CelType UINT = of(Kind.UINT, "uint");

  /** Lists and maps at run time, where nobody knows what of. */
  public static final CelType LIST = list(DYN);

  public static final CelType MAP = map(DYN, DYN);
  public static final CelType OPTIONAL = opaque(OPTIONAL_NAME);

  public CelType {
    parameters = List.copyOf(parameters);
  }

  private static CelType of(Kind kind, String name) {
    return new CelType(kind, name, List.of());
  }

  public static CelType list(CelType element) {
    return new CelType(Kind.LIST, "list", List.of(element));
  }

  public static CelType map(CelType key, CelType value) {
    return new CelType(Kind.MAP, "map", List.of(key, value));
  }

  public static CelType opaque(String name, CelType... parameters) {
    return new CelType(Kind.OPAQUE, name, List.of(parameters));
  }

  public static CelType optional(CelType of) {
    return opaque(OPTIONAL_NAME, of);
  }

  /** An object with fields that a {@link TypeProvider} knows. */
  public static CelType struct(String name) {
    return of(Kind.STRUCT, name);
  }

  public static CelType parameter(String name) {
    return of(Kind.TYPE_PARAMETER, name);
  }

  /** The type of a type. */
  public static CelType typeOf(CelType type) {
    return new CelType(Kind.TYPE, "type", List.of(type));
  }

  public boolean isOptional() {
    return kind == Kind.OPAQUE && name.equals(OPTIONAL_NAME);
  }

  public boolean isDyn() {
    return kind == Kind.DYN || kind == Kind.ANY;
  }

  public boolean isError() {
    return kind == Kind.ERROR;
  }

  /** What an optional holds; itself for other types. */
  public CelType unwrapped() {
    return isOptional() ? parameters.getFirst() : this;
  }

  /** Whether a value of another type may stand where one of this is wanted. */
  public boolean accepts(CelType from) {
    if (equals(from) || isDyn() || kind == Kind.TYPE_PARAMETER) {
      return true;
    }
    if (kind != from.kind
        || !name.equals(from.name)
        || parameters.size() != from.parameters.size()) {
      return false;
    }
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).accepts(from.parameters.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** As messages show it (cel-go's checker/format.go). */
  public String show() {
    return switch (kind) {
      case ANY -> "any";
      case DURATION -> "duration";
      case ERROR -> "!error!";
      case NULL -> "null";
      case TIMESTAMP -> "timestamp";
      default ->
          parameters.isEmpty()
              ? name
              : name
                  + parameters.stream()
                      .map(CelType::show)
                      .collect(Collectors.joining(", ", "(", ")"));
    };
  }

  /** As upstream's messages about results show it: without their own words for some types. */
  @Override
  public String toString() {
    String shown = kind == Kind.TYPE_PARAMETER ? "<" + name + ">" : name;
    return parameters.isEmpty()
        ? shown
        : shown
            + parameters.stream()
                .map(CelType::toString)
                .collect(Collectors.joining(", ", "(", ")"));
  }
}
