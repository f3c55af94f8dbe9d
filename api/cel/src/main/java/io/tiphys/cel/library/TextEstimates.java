package io.tiphys.cel.library;

import io.tiphys.cel.cost.CallEstimate;
import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.cost.Range;

/** What replacing parts of a text may cost (apiserver/pkg/cel/library/cost.go). */
final class TextEstimates {
  private TextEstimates() {}

  static CallEstimate replace(Range text, Range old, Range with) {
    long mostCount;
    long mostKept = 0;
    if (old.min() == 0) {
      mostCount = text.max() == Costs.MOST ? text.max() : text.max() + 1;
      mostKept = text.max();
    } else if (Long.compareUnsigned(with.max(), old.min()) <= 0) {
      mostCount = 0;
      mostKept = text.max();
    } else {
      mostCount = quotient(text.max(), old.min());
    }
    long leastCount;
    long leastKept = 0;
    if (old.max() == 0) {
      leastCount = text.min() == Costs.MOST ? text.min() : text.min() + 1;
      leastKept = text.min();
    } else if (Long.compareUnsigned(old.max(), with.min()) <= 0) {
      leastCount = 0;
      leastKept = text.min();
    } else {
      leastCount = quotient(text.min(), old.max());
    }
    Range size =
        new Range(leastCount, mostCount).multiply(with).add(new Range(leastKept, mostKept));
    return new CallEstimate(text.multiply(2 * Costs.STRING_TRAVERSAL), size);
  }

  /** Rounded up, with the precision of a double, as upstream has it. */
  private static long quotient(long left, long right) {
    double quotient = Math.ceil(Costs.toDouble(left) / Costs.toDouble(right));
    return quotient >= 0x1p63 ? Costs.MOST : (long) quotient;
  }
}
