package io.tiphys.cel.cost;

import org.jspecify.annotations.Nullable;

/**
 * What a call may cost.
 *
 * @param size of its result; null where it is not known
 */
public record CallEstimate(Range cost, @Nullable Range size) {
  public static CallEstimate of(Range cost) {
    return new CallEstimate(cost, null);
  }
}
