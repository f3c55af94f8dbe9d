package io.tiphys.meta;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A path into a tree as kubectl and printer columns write it: {@code
 * .status.conditions[?(@.type=="Ready")].status}. What is not there is no error. Immutable. Checked
 * against client-go/util/jsonpath, with AllowMissingKeys.
 */
public final class JsonPath {
  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = steps;
  }

  /**
   * @param text what stands between the braces
   * @throws IllegalArgumentException if it is none
   */
  public static JsonPath parse(String text) {
    return new JsonPath(new JsonPathParser(text).steps());
  }

  /** All values that the path leads to, in order. */
  public List<Json> find(Json root) {
    List<Json> found = List.of(root);
    for (Step step : steps) {
      List<Json> next = new ArrayList<>();
      found.forEach(value -> step.walk(value, next));
      found = next;
    }
    return found;
  }

  /** One step: from a value to those it leads to. */
  sealed interface Step {
    void walk(Json value, List<Json> into);
  }

  /** {@code .name}. */
  record Field(String name) implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      Json member = value instanceof Json.Obj object ? object.get(name) : null;
      if (member != null) {
        into.add(member);
      }
    }
  }

  /** {@code .*} and {@code [*]}. */
  record Wildcard() implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      into.addAll(below(value));
    }
  }

  /** {@code ..}: the value and all below it. */
  record Recursive() implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      into.add(value);
      below(value).forEach(each -> walk(each, into));
    }
  }

  /** {@code [start:end:step]}; a single index is a slice of one. */
  record Slice(@Nullable Integer start, @Nullable Integer end, int step) implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      if (!(value instanceof Json.Arr(List<Json> elements))) {
        return;
      }
      int size = elements.size();
      int from = start == null ? 0 : start < 0 ? start + size : start;
      boolean last = start != null && start < 0 && end != null && end == 0;
      int to = end == null ? size : end < 0 || last ? end + size : end;
      for (int i = Math.max(from, 0); i < Math.min(to, size); i += step) {
        into.add(elements.get(i));
      }
    }
  }

  /** {@code ['a','b']}. */
  record Union(List<Step> steps) implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      steps.forEach(step -> step.walk(value, into));
    }
  }

  /** {@code [?(@.a=="b")]}. */
  record Filter(Predicate<Json> condition) implements Step {
    @Override
    public void walk(Json value, List<Json> into) {
      below(value).stream().filter(condition).forEach(into::add);
    }
  }

  private static List<Json> below(Json value) {
    return switch (value) {
      case Json.Obj(var members) -> List.copyOf(members.values());
      case Json.Arr(var elements) -> elements;
      default -> List.of();
    };
  }
}
