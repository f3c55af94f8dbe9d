package io.tiphys.rules.cluster;

import io.tiphys.api.CoreV1;
import io.tiphys.api.EventsV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.EventSeries;
import io.tiphys.api.events.v1.Event;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The newer form of events, kept as the core group's; checked against
 * pkg/apis/events/v1/conversion.go.
 */
public final class EventRules implements ResourceRules<Event> {
  @Override
  public Resource<Event> resource() {
    return EventsV1.EVENTS;
  }

  @Override
  public Event prepareForUpdate(Event event, Event old, WriteContext context) {
    return event;
  }

  @Override
  public List<FieldError> validate(Event event) {
    return EventValidation.of(toCore(event));
  }

  @Override
  public List<FieldError> validateUpdate(Event event, Event old) {
    return EventValidation.ofUpdate(toCore(event), toCore(old));
  }

  @Override
  public boolean allowCreateOnUpdate() {
    return true;
  }

  @Override
  public Map<String, Function<Event, String>> selectableFields() {
    return Map.of(
        "reason", Event::reason,
        "reportingController", Event::reportingController,
        "type", Event::type_,
        "regarding.kind", event -> event.regarding().kind(),
        "regarding.name", event -> event.regarding().name(),
        "regarding.namespace", event -> event.regarding().namespace(),
        "regarding.uid", event -> event.regarding().uid(),
        "regarding.apiVersion", event -> event.regarding().apiVersion(),
        "regarding.resourceVersion", event -> event.regarding().resourceVersion(),
        "regarding.fieldPath", event -> event.regarding().fieldPath());
  }

  /** The event as it is stored. */
  public static io.tiphys.api.core.v1.Event toCore(Event event) {
    return new AsCoreEvent().toStored(event, null);
  }

  @Override
  public Optional<Conversion<Event, ?>> conversion() {
    return Optional.of(new AsCoreEvent());
  }

  private static final class AsCoreEvent implements Conversion<Event, io.tiphys.api.core.v1.Event> {
    @Override
    public Resource<io.tiphys.api.core.v1.Event> stored() {
      return CoreV1.EVENTS;
    }

    @Override
    public Event fromStored(io.tiphys.api.core.v1.Event stored) {
      EventSeries series = stored.series();
      return Event.builder()
          .metadata(stored.metadata())
          .eventTime(stored.eventTime())
          .series(
              series == null
                  ? null
                  : new io.tiphys.api.events.v1.EventSeries(
                      series.count(), series.lastObservedTime()))
          .reportingController(stored.reportingComponent())
          .reportingInstance(stored.reportingInstance())
          .action(stored.action())
          .reason(stored.reason())
          .regarding(stored.involvedObject())
          .related(stored.related())
          .note(stored.message())
          .type_(stored.type_())
          .deprecatedSource(stored.source())
          .deprecatedFirstTimestamp(stored.firstTimestamp())
          .deprecatedLastTimestamp(stored.lastTimestamp())
          .deprecatedCount(stored.count())
          .build();
    }

    @Override
    public io.tiphys.api.core.v1.Event toStored(
        Event event, io.tiphys.api.core.v1.@Nullable Event current) {
      var series = event.series();
      return io.tiphys.api.core.v1.Event.builder()
          .metadata(event.metadata())
          .eventTime(event.eventTime())
          .series(
              series == null ? null : new EventSeries(series.count(), series.lastObservedTime()))
          .reportingComponent(event.reportingController())
          .reportingInstance(event.reportingInstance())
          .action(event.action())
          .reason(event.reason())
          .involvedObject(event.regarding())
          .related(event.related())
          .message(event.note())
          .type_(event.type_())
          .source(event.deprecatedSource())
          .firstTimestamp(event.deprecatedFirstTimestamp())
          .lastTimestamp(event.deprecatedLastTimestamp())
          .count(event.deprecatedCount())
          .build();
    }
  }
}
