package io.tiphys.server.audit;

import io.tiphys.api.meta.v1.Status;
import io.tiphys.meta.GoText;
import io.tiphys.server.http.User;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Events in upstream's format "legacy": one line of text each; audit/format.go. */
final class EventLine {
  private static final User NOBODY = new User("", "", List.of(), Map.of());

  /** Go's RFC3339Nano: a fraction without zeros at its end, or none. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private EventLine() {}

  static String of(AuditEvent event) {
    User user = event.user() == null ? NOBODY : event.user();
    boolean named = !user.name().isEmpty();
    User as = event.notes().impersonated();
    String namespace = event.info().namespace();
    Status status = event.status();
    return TIME.format(event.received())
        + " AUDIT: id="
        + GoText.quote(event.auditId())
        + (" stage=" + GoText.quote(event.stage().text()))
        + (" ip=" + GoText.quote(first(event.sourceIps(), "<unknown>")))
        + (" method=" + GoText.quote(event.info().verb()))
        + (" user=" + GoText.quote(named ? user.name() : "<none>"))
        + (" groups=" + GoText.quote(named ? groups(user.groups(), "<none>") : "<none>"))
        + (" as=" + GoText.quote(as == null ? "<self>" : as.name()))
        + (" asgroups=" + GoText.quote(as == null ? "<lookup>" : groups(as.groups(), "<lookup>")))
        + (" user-agent=" + GoText.quote(event.userAgent()))
        + (" namespace=" + GoText.quote(namespace.isEmpty() ? "<none>" : namespace))
        + (" uri=" + GoText.quote(event.uri()))
        + (" response=\"" + (status == null ? "<deferred>" : status.code()) + "\"");
  }

  private static String first(List<String> values, String otherwise) {
    return values.isEmpty() ? otherwise : values.getFirst();
  }

  private static String groups(List<String> groups, String otherwise) {
    return groups.isEmpty()
        ? otherwise
        : groups.stream().map(GoText::quote).collect(Collectors.joining(","));
  }
}
