package io.tiphys.rules.workloads;

import io.tiphys.api.ApiObject;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.api.autoscaling.v1.ScaleSpec;
import io.tiphys.api.autoscaling.v1.ScaleStatus;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.rules.ScaleMapping;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The scale of a kind, told by where its numbers are. */
record Scaling<T extends ApiObject>(
    Function<T, @Nullable Integer> wanted,
    Function<T, Integer> actual,
    Function<T, @Nullable LabelSelector> selector,
    BiFunction<T, Integer, T> withWanted)
    implements ScaleMapping<T> {

  @Override
  public Scale toScale(T object) {
    Integer replicas = wanted.apply(object);
    return Scale.builder()
        .spec(ScaleSpec.builder().replicas(replicas == null ? 0 : replicas).build())
        .status(
            ScaleStatus.builder()
                .replicas(actual.apply(object))
                .selector(LabelSelectors.of(selector.apply(object)).toString())
                .build())
        .build();
  }

  @Override
  public T withReplicas(T object, int replicas) {
    return withWanted.apply(object, replicas);
  }
}
