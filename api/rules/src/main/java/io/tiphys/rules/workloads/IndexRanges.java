package io.tiphys.rules.workloads;

import io.tiphys.meta.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Indexes of a job's pods as text, such as {@code 1,3-5}: rising, each below the number of
 * completions. Checked against validateIndexesFormat in pkg/apis/batch/validation.
 *
 * @param ranges those that could be read
 * @param problem what is wrong with the text, in upstream's words, or empty
 * @param total how many indexes there are, if nothing is wrong
 */
record IndexRanges(List<Range> ranges, String problem, int total) {

  /** From the first to the last index, both included. */
  record Range(int first, int last) {}

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreadable(String problem) {
      super(problem);
    }
  }

  static IndexRanges of(String text, int completions) {
    List<Range> ranges = new ArrayList<>();
    String problem = "";
    int total = 0;
    int last = -1;
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      try {
        Range range = range(part, completions);
        ranges.add(range);
        if (problem.isEmpty() && !ranges.isEmpty() && last >= range.first) {
          problem = "non-increasing order, previous: %d, current: %d".formatted(last, range.first);
        }
        total += range.last - range.first + 1;
        last = range.last;
      } catch (Unreadable e) {
        problem = problem.isEmpty() ? String.valueOf(e.getMessage()) : problem;
      }
    }
    return new IndexRanges(ranges, problem, total);
  }

  private static Range range(String text, int completions) {
    String[] ends = text.split("-", -1);
    if (ends.length > 2) {
      throw new Unreadable(
          "the fragment "
              + GoText.quote(text)
              + " violates the requirement that an index interval can have at most two parts"
              + " separated by '-'");
    }
    int first = index(ends[0], completions);
    if (ends.length == 1) {
      return new Range(first, first);
    }
    int last = index(ends[1], completions);
    if (first >= last) {
      throw new Unreadable(
          "non-increasing order, previous: %d, current: %d".formatted(first, last));
    }
    return new Range(first, last);
  }

  private static int index(String text, int completions) {
    long index;
    try {
      index = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Unreadable("cannot convert string to integer for index: " + GoText.quote(text));
    }
    if (index >= completions) {
      throw new Unreadable("too large index: " + GoText.quote(text));
    }
    return (int) index;
  }

  /** The first index that is in both. */
  OptionalInt sharedWith(IndexRanges other) {
    for (Range mine : ranges) {
      for (Range theirs : other.ranges) {
        if (mine.first <= theirs.last && theirs.first <= mine.last) {
          return OptionalInt.of(Math.max(mine.first, theirs.first));
        }
      }
    }
    return OptionalInt.empty();
  }
}
