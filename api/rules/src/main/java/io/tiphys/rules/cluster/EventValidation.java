package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.EventSeries;
import io.tiphys.api.core.v1.EventSource;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.codec.Json;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an event: the core group's are held to older rules than those of
 * events.k8s.io. Checked against pkg/apis/core/validation/events.go.
 */
final class EventValidation {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Upstream's ReportingInstanceLengthLimit, ActionLengthLimit and ReasonLengthLimit. */
  private static final int MAX_LENGTH = 128;

  /** Upstream's NoteLengthLimit. */
  private static final int MAX_NOTE_LENGTH = 1024;

  private final Checks checks = new Checks();
  private final Event event;

  private EventValidation(Event event) {
    this.event = event;
  }

  /** By the rules of the core group, new or changed. */
  static List<FieldError> ofCore(Event event) {
    EventValidation validation = new EventValidation(event);
    validation.legacy("reportingComponent");
    return validation.checks.errors();
  }

  /** A new one by the rules of events.k8s.io. */
  static List<FieldError> of(Event event) {
    EventValidation validation = new EventValidation(event);
    Checks checks = validation.checks;
    validation.legacy("reportingController");
    validation.series();
    if (event.eventTime() == null) {
      checks.required(FieldPath.of("eventTime"));
    }
    String type = event.type_();
    if (!type.equals("Normal") && !type.equals("Warning")) {
      checks.invalid(FieldPath.of("type"), "", "has invalid value: " + type);
    }
    validation.unset("firstTimestamp", event.firstTimestamp() == null);
    validation.unset("lastTimestamp", event.lastTimestamp() == null);
    validation.unset("count", event.count() == 0);
    validation.unset("source", event.source().equals(EventSource.EMPTY));
    return checks.errors();
  }

  private void unset(String field, boolean isUnset) {
    if (!isUnset) {
      checks.invalid(FieldPath.of(field), "", "needs to be unset");
    }
  }

  /** A changed one by the rules of events.k8s.io: only its series goes on. */
  static List<FieldError> ofUpdate(Event event, Event old) {
    EventValidation validation = new EventValidation(event);
    validation.legacy("reportingController");
    if (!Objects.equals(event.series(), old.series())) {
      validation.series();
    }
    validation.unchanged(old);
    return validation.checks.errors();
  }

  private void unchanged(Event old) {
    fixed("involvedObject", shown(event.involvedObject()), shown(old.involvedObject()));
    fixed("reason", event.reason(), old.reason());
    fixed("message", event.message(), old.message());
    fixed("source", shown(event.source()), shown(old.source()));
    fixed("firstTimestamp", event.firstTimestamp(), old.firstTimestamp());
    fixed("lastTimestamp", event.lastTimestamp(), old.lastTimestamp());
    fixed("count", event.count(), old.count());
    fixed("reason", event.reason(), old.reason());
    fixed("type", event.type_(), old.type_());
    fixed("eventTime", micros(event.eventTime()), micros(old.eventTime()));
    fixed("action", event.action(), old.action());
    fixed("related", shown(event.related()), shown(old.related()));
    fixed("reportingController", event.reportingComponent(), old.reportingComponent());
    fixed("reportingInstance", event.reportingInstance(), old.reportingInstance());
  }

  private void fixed(String field, @Nullable Object now, @Nullable Object before) {
    checks.immutable(FieldPath.of(field), now, before);
  }

  private static @Nullable Json shown(@Nullable ObjectReference reference) {
    return reference == null ? null : GoStructs.show("core.ObjectReference", reference::write);
  }

  private static Json shown(EventSource source) {
    return GoStructs.show("core.EventSource", source::write);
  }

  private static @Nullable String micros(@Nullable Instant time) {
    return time == null ? null : MICROS.format(time);
  }

  private void series() {
    EventSeries series = event.series();
    if (series == null) {
      return;
    }
    if (series.count() < 2) {
      checks.invalid(FieldPath.of("series.count"), "", "should be at least 2");
    }
    if (series.lastObservedTime() == null) {
      checks.required(FieldPath.of("series.lastObservedTime"));
    }
  }

  /**
   * What all events are held to.
   *
   * @param reporter how this version calls the reporting controller
   */
  private void legacy(String reporter) {
    String namespace = event.metadata().namespace();
    String involved = event.involvedObject().namespace();
    if (event.eventTime() == null) {
      boolean agree =
          involved.isEmpty()
              ? namespace.isEmpty() || namespace.equals("default")
              : namespace.equals(involved);
      agree(agree);
    } else {
      agree(!involved.isEmpty() || namespace.equals("default") || namespace.equals("kube-system"));
      reported(reporter);
    }
    checks.each(FieldPath.of("namespace"), namespace, Names.dns1123Subdomain(namespace));
  }

  private void agree(boolean agree) {
    if (!agree) {
      checks.invalid(
          FieldPath.of("involvedObject", "namespace"),
          event.involvedObject().namespace(),
          "does not match event.namespace");
    }
  }

  private void reported(String reporter) {
    FieldPath path = FieldPath.of(reporter);
    String component = event.reportingComponent();
    if (component.isEmpty()) {
      checks.required(path);
    }
    checks.each(path, component, Names.qualifiedName(component));
    text("reportingInstance", event.reportingInstance());
    text("action", event.action());
    text("reason", event.reason());
    notLonger("message", event.message(), MAX_NOTE_LENGTH);
  }

  private void text(String field, String text) {
    if (text.isEmpty()) {
      checks.required(FieldPath.of(field));
    }
    notLonger(field, text, MAX_LENGTH);
  }

  private void notLonger(String field, String text, int most) {
    if (text.getBytes(StandardCharsets.UTF_8).length > most) {
      checks.invalid(FieldPath.of(field), "", "can have at most " + most + " characters");
    }
  }
}
