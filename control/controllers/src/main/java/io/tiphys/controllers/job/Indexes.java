package io.tiphys.controllers.job;

import java.util.BitSet;

/**
 * Sets of completion indexes, written as {@code 1,3-5,7}. Checked against
 * pkg/controller/job/indexed_job_utils.go.
 */
final class Indexes {
  private Indexes() {}

  /** What cannot be read ends the set; indexes from {@code completions} on are left out. */
  static BitSet parse(String text, int completions) {
    BitSet indexes = new BitSet();
    if (text.isEmpty()) {
      return indexes;
    }
    try {
      for (String interval : text.split(",", -1)) {
        String[] ends = interval.split("-", -1);
        int first = Integer.parseInt(ends[0]);
        int last = ends.length > 1 ? Integer.parseInt(ends[1]) : first;
        if (first < completions) {
          indexes.set(first, Math.min(last, completions - 1) + 1);
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      // Nobody but this controller writes it; what was read so far is all there is.
    }
    return indexes;
  }

  /** Two neighbours are two numbers, three and more an interval. */
  static String format(BitSet indexes) {
    StringBuilder text = new StringBuilder();
    for (int first = indexes.nextSetBit(0); first >= 0; ) {
      int end = indexes.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (end - first > 1) {
        text.append(end - first == 2 ? ',' : '-').append(end - 1);
      }
      first = indexes.nextSetBit(end);
    }
    return text.toString();
  }
}
