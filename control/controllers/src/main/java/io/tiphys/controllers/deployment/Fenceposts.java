package io.tiphys.controllers.deployment;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.RollingUpdateDeployment;
import io.tiphys.meta.IntOrString;
import org.jspecify.annotations.Nullable;

/**
 * How many pods a rolling update may have too many and too few. Checked against ResolveFenceposts
 * in pkg/controller/deployment/util/deployment_util.go.
 */
record Fenceposts(int surge, int unavailable) {

  static Fenceposts of(Deployment deployment, int wished) {
    RollingUpdateDeployment rolling = deployment.spec().strategy().rollingUpdate();
    if (rolling == null) {
      return of(null, null, wished);
    }
    return of(rolling.maxSurge(), rolling.maxUnavailable(), wished);
  }

  /** If rounding leaves no room at all, one may be missing: a surge may be against a quota. */
  static Fenceposts of(
      @Nullable IntOrString maxSurge, @Nullable IntOrString maxUnavailable, int wished) {
    int surge = scaled(maxSurge, wished, 99);
    int unavailable = scaled(maxUnavailable, wished, 0);
    return new Fenceposts(surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
  }

  /** Validation lets nothing but numbers and percentages in; anything else counts as none. */
  private static int scaled(@Nullable IntOrString value, int total, int roundUp) {
    return switch (value) {
      case null -> 0;
      case IntOrString.Int(int number) -> number;
      case IntOrString.Text(String text) -> {
        try {
          long percent = Long.parseLong(text.endsWith("%") ? text.replace("%", "") : "0");
          yield (int) ((percent * total + roundUp) / 100);
        } catch (NumberFormatException _) {
          yield 0;
        }
      }
    };
  }
}
