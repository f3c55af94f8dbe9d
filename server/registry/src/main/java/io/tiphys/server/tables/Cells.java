package io.tiphys.server.tables;

import io.tiphys.api.ApiObject;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.codec.Json;
import io.tiphys.meta.selector.SelectorException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words that cells are made of. */
public final class Cells {
  static final String NONE = "<none>";
  static final String UNSET = "<unset>";
  static final String UNKNOWN = "<unknown>";

  /** Lists in cells show this many entries, then how many more there are. */
  private static final int LISTED = 3;

  private Cells() {}

  /** Strings, whole numbers and booleans as cells. */
  static List<Json> row(Object... values) {
    List<Json> cells = new ArrayList<>(values.length);
    for (Object value : values) {
      cells.add(
          switch (value) {
            case Integer number -> new Json.Int(number);
            case Long number -> new Json.Int(number);
            case Boolean truth -> new Json.Bool(truth);
            default -> new Json.Str(String.valueOf(value));
          });
    }
    return cells;
  }

  static String age(ApiObject object, Instant now) {
    return since(object.metadata().creationTimestamp(), now);
  }

  public static String since(@Nullable Instant begin, Instant now) {
    return begin == null ? UNKNOWN : duration(Duration.between(begin, now));
  }

  /** Two units at most; checked against apimachinery/pkg/util/duration/duration.go. */
  static String duration(Duration length) {
    long seconds = length.toSeconds();
    if (length.isNegative()) {
      return length.compareTo(Duration.ofSeconds(-2)) <= 0 ? "<invalid>" : "0s";
    }
    if (seconds < 120) {
      return seconds + "s";
    }
    long minutes = length.toMinutes();
    if (minutes < 10) {
      return two(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = length.toHours();
    if (hours < 8) {
      return two(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = hours / 24;
    if (days < 8) {
      return two(days, "d", hours % 24, "h");
    }
    if (days < 365 * 2) {
      return days + "d";
    }
    long years = days / 365;
    return years < 8 ? two(years, "y", days % 365, "d") : years + "y";
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return small == 0 ? large + unit : large + unit + small + smallUnit;
  }

  static String orNone(@Nullable String value) {
    return value == null || value.isEmpty() ? NONE : value;
  }

  static String orUnset(@Nullable String value) {
    return value == null ? UNSET : value;
  }

  static int orZero(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  static String names(List<Container> containers) {
    return containers.stream().map(Container::name).collect(Collectors.joining(","));
  }

  static String images(List<Container> containers) {
    return containers.stream().map(Container::image).collect(Collectors.joining(","));
  }

  static String labels(Map<String, String> labels) {
    String text =
        new TreeMap<>(labels)
            .entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    return orNone(text);
  }

  static String selector(@Nullable LabelSelector selector) {
    try {
      return selector == null ? NONE : orNone(LabelSelectors.of(selector).toString());
    } catch (SelectorException _) {
      return "<error>";
    }
  }

  /** As {@link #selector}, but nothing is shown as nothing. */
  static String bareSelector(@Nullable LabelSelector selector) {
    try {
      return selector == null ? "" : LabelSelectors.of(selector).toString();
    } catch (SelectorException _) {
      return "<invalid>";
    }
  }

  /** The first three of a list and how many more there are. */
  static String listed(List<String> entries) {
    String shown = String.join(",", entries.subList(0, Math.min(LISTED, entries.size())));
    return entries.size() > LISTED
        ? "%s + %d more...".formatted(shown, entries.size() - LISTED)
        : shown;
  }
}
