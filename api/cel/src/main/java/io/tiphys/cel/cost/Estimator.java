package io.tiphys.cel.cost;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Knows what the expression itself does not tell: sizes of variables, costs of libraries. */
public interface Estimator {
  /** Knows nothing. */
  Estimator NONE =
      new Estimator() {
        @Override
        public @Nullable Range size(CostNode node) {
          return null;
        }

        @Override
        public @Nullable CallEstimate call(
            String function, String overload, @Nullable CostNode target, List<CostNode> arguments) {
          return null;
        }
      };

  /** How large a part may be; null if it does not know. */
  @Nullable Range size(CostNode node);

  /** What a call may cost; null if the rules of the standard library are to be used. */
  @Nullable CallEstimate call(
      String function, String overload, @Nullable CostNode target, List<CostNode> arguments);
}
