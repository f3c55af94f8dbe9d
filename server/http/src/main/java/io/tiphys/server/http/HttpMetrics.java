package io.tiphys.server.http;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests, under upstream's metric names; see apiserver/pkg/endpoints/metrics/metrics.go.
 */
public final class HttpMetrics {
  private static final double[] BUCKETS = {
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
    60
  };

  private final Map<Labels, Series> series = new ConcurrentHashMap<>();
  private final LongAdder readOnlyInFlight = new LongAdder();
  private final LongAdder mutatingInFlight = new LongAdder();
  private final LongAdder longRunning = new LongAdder();

  void started(RequestInfo info) {
    gauge(info).increment();
  }

  void finished(Request request, int code, long nanos) {
    RequestInfo info = request.info();
    gauge(info).decrement();
    Labels labels = labels(request);
    Series found = series.get(labels);
    if (found == null) {
      Labels bounded = series.size() < Limits.MAX_METRIC_SERIES ? labels : Labels.OTHER;
      found = series.computeIfAbsent(bounded, _ -> new Series());
    }
    found.count(code, nanos, !info.longRunning());
  }

  private LongAdder gauge(RequestInfo info) {
    if (info.longRunning()) {
      return longRunning;
    }
    return info.readOnly() ? readOnlyInFlight : mutatingInFlight;
  }

  /** Appends everything in Prometheus' text form. */
  public void writeTo(StringBuilder out) {
    Map<String, Series> sorted = new TreeMap<>();
    series.forEach((labels, counted) -> sorted.put(labels.text(), counted));
    type(out, "apiserver_request_total", "counter");
    sorted.forEach((labels, counted) -> counted.writeTotals(out, labels));
    type(out, "apiserver_request_duration_seconds", "histogram");
    sorted.forEach((labels, counted) -> counted.writeDurations(out, labels));
    type(out, "apiserver_current_inflight_requests", "gauge");
    inFlight(out, "mutating", mutatingInFlight.sum());
    inFlight(out, "readOnly", readOnlyInFlight.sum());
    type(out, "apiserver_longrunning_requests", "gauge");
    out.append("apiserver_longrunning_requests ").append(longRunning.sum()).append('\n');
  }

  private static void inFlight(StringBuilder out, String kind, long value) {
    out.append("apiserver_current_inflight_requests{request_kind=\"")
        .append(kind)
        .append("\"} ")
        .append(value)
        .append('\n');
  }

  private static void type(StringBuilder out, String name, String type) {
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static Labels labels(Request request) {
    RequestInfo info = request.info();
    if (!info.resourceRequest()) {
      return new Labels(request.method(), "", "", "", "", "");
    }
    String scope =
        !info.name().isEmpty() || info.verb().equals("create")
            ? "resource"
            : info.namespace().isEmpty() ? "cluster" : "namespace";
    return new Labels(
        verb(request),
        info.apiGroup(),
        info.apiVersion(),
        info.resource(),
        info.subresource(),
        scope);
  }

  private static String verb(Request request) {
    return switch (request.info().verb()) {
      case "create" -> "POST";
      case "update" -> "PUT";
      case "patch" ->
          "application/apply-patch+yaml".equals(request.header("content-type")) ? "APPLY" : "PATCH";
      case String verb -> verb.toUpperCase(Locale.ROOT);
    };
  }

  private record Labels(
      String verb,
      String group,
      String version,
      String resource,
      String subresource,
      String scope) {
    static final Labels OTHER = new Labels("other", "", "", "", "", "");

    String text() {
      return "component=\"apiserver\",dry_run=\"\",group=\"%s\",resource=\"%s\",scope=\"%s\",subresource=\"%s\",verb=\"%s\",version=\"%s\""
          .formatted(
              escape(group),
              escape(resource),
              scope,
              escape(subresource),
              escape(verb),
              escape(version));
    }

    private static String escape(String value) {
      return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
  }

  private static final class Series {
    private final Map<Integer, LongAdder> byCode = new ConcurrentHashMap<>();
    private final LongAdder[] buckets = new LongAdder[BUCKETS.length + 1];
    private final LongAdder nanos = new LongAdder();

    Series() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void count(int code, long elapsedNanos, boolean timed) {
      byCode.computeIfAbsent(code, _ -> new LongAdder()).increment();
      if (timed) {
        double seconds = elapsedNanos / 1e9;
        int bucket = 0;
        while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]) {
          bucket++;
        }
        buckets[bucket].increment();
        nanos.add(elapsedNanos);
      }
    }

    void writeTotals(StringBuilder out, String labels) {
      new TreeMap<>(byCode)
          .forEach(
              (code, count) ->
                  out.append("apiserver_request_total{code=\"")
                      .append(code)
                      .append("\",")
                      .append(labels)
                      .append("} ")
                      .append(count.sum())
                      .append('\n'));
    }

    void writeDurations(StringBuilder out, String labels) {
      long total = 0;
      for (int i = 0; i < buckets.length; i++) {
        total += buckets[i].sum();
        String bound = i < BUCKETS.length ? number(BUCKETS[i]) : "+Inf";
        out.append("apiserver_request_duration_seconds_bucket{")
            .append(labels)
            .append(",le=\"")
            .append(bound)
            .append("\"} ")
            .append(total)
            .append('\n');
      }
      out.append("apiserver_request_duration_seconds_sum{").append(labels).append("} ");
      out.append(nanos.sum() / 1e9).append('\n');
      out.append("apiserver_request_duration_seconds_count{").append(labels).append("} ");
      out.append(total).append('\n');
    }

    private static String number(double bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
  }
}
