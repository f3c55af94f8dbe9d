package io.tiphys.cel.library;

import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A function with all its forms.
 *
 * @param whole does what all forms do, whatever the types; null where each form has its own
 * @param fits which first arguments {@code whole} takes
 */
public record Function(
    String name, List<Overload> overloads, @Nullable Implementation whole, Predicate<Value> fits) {

  public Function {
    overloads = List.copyOf(overloads);
  }

  public static Function of(String name, Overload... overloads) {
    return new Function(name, List.of(overloads), null, value -> true);
  }

  public static Function whole(
      String name, Implementation does, Predicate<Value> fits, List<Overload> overloads) {
    return new Function(name, overloads, does, fits);
  }

  /** This function with the forms that another library gives it. */
  public Function merge(Function other) {
    List<Overload> all = new ArrayList<>(overloads);
    for (Overload each : other.overloads) {
      if (all.stream().noneMatch(known -> known.id().equals(each.id()))) {
        all.add(each);
      }
    }
    return new Function(name, all, whole == null ? other.whole : whole, fits);
  }
}
