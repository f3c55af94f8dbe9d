package io.tiphys.rules;

import io.tiphys.meta.GoText;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with one field, in upstream's words; checked against
 * apimachinery/pkg/util/validation/field/errors.go.
 *
 * @param badValue what was given: text, number, boolean, {@code Json}, or a list or map of these;
 *     null prints as null, {@link #OMITTED} not at all
 */
public record FieldError(Type type, String field, @Nullable Object badValue, String detail) {
  /** Stands for a bad value that the message leaves out. */
  public static final Object OMITTED = new Object();

  /** The kinds of errors: the cause's reason in a Status, and the words a message begins with. */
  public enum Type {
    NOT_FOUND("FieldValueNotFound", "Not found"),
    REQUIRED("FieldValueRequired", "Required value"),
    DUPLICATE("FieldValueDuplicate", "Duplicate value"),
    INVALID("FieldValueInvalid", "Invalid value"),
    TYPE_INVALID("FieldValueTypeInvalid", "Invalid value"),
    NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value"),
    FORBIDDEN("FieldValueForbidden", "Forbidden"),
    TOO_LONG("FieldValueTooLong", "Too long"),
    TOO_MANY("FieldValueTooMany", "Too many"),
    TOO_FEW("FieldValueTooFew", "Too few"),
    INTERNAL("InternalError", "Internal error"),
    TOO_SHORT("FieldValueTooShort", "Too short");

    private final String reason;
    private final String words;

    Type(String reason, String words) {
      this.reason = reason;
      this.words = words;
    }

    /** The reason of the cause in a Status. */
    public String reason() {
      return reason;
    }
  }

  public static FieldError notFound(FieldPath field, @Nullable Object value) {
    return new FieldError(Type.NOT_FOUND, field.toString(), value, "");
  }

  public static FieldError required(FieldPath field, String detail) {
    return new FieldError(Type.REQUIRED, field.toString(), "", detail);
  }

  public static FieldError duplicate(FieldPath field, @Nullable Object value) {
    return new FieldError(Type.DUPLICATE, field.toString(), value, "");
  }

  public static FieldError invalid(FieldPath field, @Nullable Object value, String detail) {
    return new FieldError(Type.INVALID, field.toString(), value, detail);
  }

  public static FieldError typeInvalid(FieldPath field, @Nullable Object value, String detail) {
    return new FieldError(Type.TYPE_INVALID, field.toString(), value, detail);
  }

  /** {@code supported values: "A", "B"}, in the order given. */
  public static FieldError notSupported(
      FieldPath field, @Nullable Object value, List<String> supported) {
    String detail =
        supported.isEmpty()
            ? ""
            : supported.stream()
                .map(GoText::quote)
                .collect(Collectors.joining(", ", "supported values: ", ""));
    return new FieldError(Type.NOT_SUPPORTED, field.toString(), value, detail);
  }

  public static FieldError forbidden(FieldPath field, String detail) {
    return new FieldError(Type.FORBIDDEN, field.toString(), "", detail);
  }

  public static FieldError tooLong(FieldPath field, int maxBytes) {
    String detail = "may not be more than " + maxBytes + (maxBytes == 1 ? " byte" : " bytes");
    return new FieldError(Type.TOO_LONG, field.toString(), "<value omitted>", detail);
  }

  public static FieldError tooMany(FieldPath field, int actual, int max) {
    String detail = "must have at most " + max + (max == 1 ? " item" : " items");
    return new FieldError(Type.TOO_MANY, field.toString(), actual, detail);
  }

  public static FieldError internal(FieldPath field, String detail) {
    return new FieldError(Type.INTERNAL, field.toString(), null, detail);
  }

  /** The error without its field: {@code Invalid value: "x": must be ...}. */
  public String body() {
    String words =
        switch (type) {
          case REQUIRED, FORBIDDEN, TOO_LONG, TOO_SHORT, INTERNAL -> type.words;
          case NOT_FOUND, DUPLICATE, INVALID, TYPE_INVALID, NOT_SUPPORTED, TOO_MANY, TOO_FEW ->
              badValue == OMITTED ? type.words : type.words + ": " + GoValues.value(badValue);
        };
    return detail.isEmpty() ? words : words + ": " + detail;
  }

  /** {@code spec.replicas: Invalid value: -1: must be greater than or equal to 0}. */
  public String message() {
    return field + ": " + body();
  }
}
