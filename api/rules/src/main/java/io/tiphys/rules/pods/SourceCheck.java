package io.tiphys.rules.pods;

import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One kind of source that a volume can have, of which it has exactly one.
 *
 * @param name as messages about it begin
 * @param surplus as it is named when it is one too many; upstream's spelling differs
 */
public record SourceCheck<V, T>(
    String name, String surplus, Function<V, @Nullable T> of, BiConsumer<T, FieldPath> check) {

  public static <V, T> SourceCheck<V, T> of(
      String name, Function<V, @Nullable T> of, BiConsumer<T, FieldPath> check) {
    return new SourceCheck<>(name, name, of, check);
  }

  /** Looks at the first source that is there and refuses the others, in the order given. */
  public static <V> void oneOf(
      List<SourceCheck<V, ?>> sources, V volume, Checks checks, FieldPath path) {
    boolean found = false;
    for (SourceCheck<V, ?> source : sources) {
      found |= source.isIn(volume, found, checks, path);
    }
    if (!found) {
      checks.required(path, "must specify a volume type");
    }
  }

  private boolean isIn(V volume, boolean another, Checks checks, FieldPath path) {
    T source = of.apply(volume);
    if (source == null) {
      return false;
    }
    if (another) {
      checks.forbidden(path.child(surplus), "may not specify more than 1 volume type");
    } else {
      check.accept(source, path.child(name));
    }
    return true;
  }
}
