package io.tiphys.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How two texts differ, line by line, as Python's difflib and its port to Go tell it: runs of equal
 * lines are found from the longest on, and three lines around each change are shown. Upstream's
 * messages about fields that may not change end in such a text; checked against
 * apimachinery/pkg/util/diff.
 */
final class UnifiedDiff {
  /** Equal lines that are shown before and after a change. */
  private static final int CONTEXT = 3;

  /** In texts of so many lines, lines that come often are no places to begin a match at. */
  private static final int LONG = 200;

  private final List<String> before;
  private final List<String> after;
  private final Map<String, List<Integer>> places = new HashMap<>();

  /** Lines from one place on that are equal in both. */
  private record Match(int before, int after, int length) {}

  /** What becomes of some lines; the ends are not included. */
  private record Step(boolean same, int from, int to, int newFrom, int newTo) {}

  private UnifiedDiff(List<String> before, List<String> after) {
    this.before = before;
    this.after = after;
    for (int i = 0; i < after.size(); i++) {
      places.computeIfAbsent(after.get(i), _ -> new ArrayList<>()).add(i);
    }
    if (after.size() >= LONG) {
      places.values().removeIf(lines -> lines.size() > after.size() / 100 + 1);
    }
  }

  /** The differences, each line with its end; empty when there are none. */
  static String of(String before, String after) {
    UnifiedDiff diff =
        new UnifiedDiff(List.of(before.split("\n", -1)), List.of(after.split("\n", -1)));
    StringBuilder text = new StringBuilder();
    for (List<Step> group : groups(diff.steps())) {
      diff.write(group, text);
    }
    return text.toString();
  }

  private List<Step> steps() {
    List<Match> matches = new ArrayList<>();
    match(0, before.size(), 0, after.size(), matches);
    matches.add(new Match(before.size(), after.size(), 0));
    List<Step> steps = new ArrayList<>();
    int i = 0;
    int j = 0;
    for (Match match : matches) {
      if (i < match.before || j < match.after) {
        steps.add(new Step(false, i, match.before, j, match.after));
      }
      i = match.before + match.length;
      j = match.after + match.length;
      if (match.length > 0) {
        steps.add(new Step(true, match.before, i, match.after, j));
      }
    }
    return joined(steps);
  }

  /** Equal lines that follow one another are one step. */
  private static List<Step> joined(List<Step> steps) {
    List<Step> joined = new ArrayList<>();
    for (Step step : steps) {
      Step last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && last.same && step.same) {
        joined.removeLast();
        joined.add(new Step(true, last.from, step.to, last.newFrom, step.newTo));
      } else {
        joined.add(step);
      }
    }
    return joined;
  }

  /** The longest match between the bounds, and those before and after it. */
  private void match(int from, int to, int newFrom, int newTo, List<Match> matches) {
    Match longest = longest(from, to, newFrom, newTo);
    if (longest.length == 0) {
      return;
    }
    if (from < longest.before && newFrom < longest.after) {
      match(from, longest.before, newFrom, longest.after, matches);
    }
    matches.add(longest);
    int end = longest.before + longest.length;
    int newEnd = longest.after + longest.length;
    if (end < to && newEnd < newTo) {
      match(end, to, newEnd, newTo, matches);
    }
  }

  private Match longest(int from, int to, int newFrom, int newTo) {
    Match best = new Match(from, newFrom, 0);
    Map<Integer, Integer> lengths = Map.of();
    for (int i = from; i < to; i++) {
      Map<Integer, Integer> next = new HashMap<>();
      for (int j : places.getOrDefault(before.get(i), List.of())) {
        if (j >= newFrom && j < newTo) {
          int length = lengths.getOrDefault(j - 1, 0) + 1;
          next.put(j, length);
          if (length > best.length) {
            best = new Match(i - length + 1, j - length + 1, length);
          }
        }
      }
      lengths = next;
    }
    return widened(best, from, to, newFrom, newTo);
  }

  /** With the equal lines around it that were no places to begin at. */
  private Match widened(Match match, int from, int to, int newFrom, int newTo) {
    int i = match.before;
    int j = match.after;
    int end = i + match.length;
    int newEnd = j + match.length;
    while (i > from && j > newFrom && before.get(i - 1).equals(after.get(j - 1))) {
      i--;
      j--;
    }
    while (end < to && newEnd < newTo && before.get(end).equals(after.get(newEnd))) {
      end++;
      newEnd++;
    }
    return new Match(i, j, end - i);
  }

  /** Changes with the lines around them; those that are near one another stand together. */
  private static List<List<Step>> groups(List<Step> steps) {
    List<List<Step>> groups = new ArrayList<>();
    List<Step> group = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean first = i == 0;
      boolean last = i == steps.size() - 1;
      int lines = step.to - step.from;
      if (!step.same) {
        group.add(step);
      } else if (first || last || lines > 2 * CONTEXT) {
        if (!first) {
          group.add(head(step));
        }
        if (!first && !last) {
          groups.add(group);
          group = new ArrayList<>();
        }
        if (!last) {
          group.add(tail(step));
        }
      } else {
        group.add(step);
      }
    }
    groups.add(group);
    groups.removeIf(each -> each.stream().allMatch(Step::same));
    return groups;
  }

  private static Step head(Step step) {
    int lines = Math.min(CONTEXT, step.to - step.from);
    return new Step(true, step.from, step.from + lines, step.newFrom, step.newFrom + lines);
  }

  private static Step tail(Step step) {
    int lines = Math.min(CONTEXT, step.to - step.from);
    return new Step(true, step.to - lines, step.to, step.newTo - lines, step.newTo);
  }

  private void write(List<Step> group, StringBuilder text) {
    Step first = group.getFirst();
    Step last = group.getLast();
    text.append("@@ -")
        .append(range(first.from, last.to))
        .append(" +")
        .append(range(first.newFrom, last.newTo))
        .append(" @@\n");
    for (Step step : group) {
      lines(step.same ? ' ' : '-', before.subList(step.from, step.to), text);
      if (!step.same) {
        lines('+', after.subList(step.newFrom, step.newTo), text);
      }
    }
  }

  private static String range(int from, int to) {
    int length = to - from;
    return length == 1 ? String.valueOf(from + 1) : (length == 0 ? from : from + 1) + "," + length;
  }

  private static void lines(char mark, List<String> lines, StringBuilder text) {
    lines.forEach(line -> text.append(mark).append(line).append('\n'));
  }
}
