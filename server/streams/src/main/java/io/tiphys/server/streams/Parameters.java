package io.tiphys.server.streams;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Request;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Query parameters as upstream's conversion of url.Values reads them. */
final class Parameters {
  private Parameters() {}

  /** Present and not {@code false} or {@code 0}. */
  static boolean flag(Request request, String name) {
    String value = request.parameter(name);
    return value != null && !value.equals("0") && !value.equalsIgnoreCase("false");
  }

  static @Nullable Long number(Request request, String name) {
    String value = request.parameter(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiFailure.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
    }
  }

  static @Nullable Instant time(Request request, String name) {
    String value = request.parameter(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      return java.time.OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw ApiFailure.badRequest(
          "parsing time \"" + value + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it");
    }
  }
}
