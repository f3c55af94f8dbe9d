package io.tiphys.cel.cost;

import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Sizes;
import io.tiphys.cel.value.Value;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an evaluation costs, exactly as cel-go does (interpreter/runtimecost.go), and ends it
 * at a limit. Every step leaves its value on a stack under its number; a call takes its arguments
 * from there by their numbers, together with all above. What it does not find there it does not
 * charge for. The stack's oddities are upstream's, and show in what expressions may cost.
 */
public final class CostTracker {
  private final CallCosts calls;
  private final long limit;
  private long cost;
  private Value[] values = new Value[16];
  private int[] ids = new int[16];
  private int size;

  /**
   * @param limit unsigned; {@link Costs#MOST} for none
   */
  public CostTracker(CallCosts calls, long limit) {
    this.calls = calls;
    this.limit = limit;
  }

  /** An evaluation costs more than it may. */
  public static final class LimitExceeded extends RuntimeException {
    private static final long serialVersionUID = 1;

    LimitExceeded() {
      super("operation cancelled: actual cost limit exceeded", null, false, false);
    }
  }

  public long cost() {
    return cost;
  }

  /** A step that costs nothing and takes nothing. */
  public Value free(int id, Value value) {
    return push(id, value);
  }

  /** A variable with the fields it was asked for. */
  public Value attribute(int id, int attribute, boolean test, Value value) {
    drop(attribute);
    cost += test ? 0 : Costs.SELECT_AND_IDENT;
    return push(id, value);
  }

  /** A conditional: its parts have paid. */
  public Value conditional(int id, int[] parts, boolean test, Value value) {
    for (int part : parts) {
      drop(part);
    }
    cost -= test ? Costs.SELECT_AND_IDENT : 0;
    return push(id, value);
  }

  /** A field or an index of a variable. */
  public Value qualifier(int id, Value value) {
    cost++;
    return push(id, value);
  }

  /** An index that is an expression of its own. */
  public Value computedIndex(int id, Value value) {
    drop(id);
    cost++;
    return push(id, value);
  }

  /** {@code &&} or {@code ||}. */
  public Value logical(int id, int[] terms, Value value) {
    for (int term : terms) {
      drop(term);
    }
    return push(id, value);
  }

  /** A loop. */
  public Value loop(int id, int range, Value value) {
    drop(range);
    return push(id, value);
  }

  public Value list(int id, int[] elements, Value value) {
    return made(id, elements, Costs.LIST, value);
  }

  public Value map(int id, int[] parts, Value value) {
    return made(id, parts, Costs.MAP, value);
  }

  public Value struct(int id, int[] fields, Value value) {
    return made(id, fields, Costs.STRUCT, value);
  }

  private Value made(int id, int[] parts, long price, Value value) {
    take(parts);
    cost += price;
    return push(id, value);
  }

  public Value call(int id, String function, String overload, int[] arguments, Value value) {
    Value[] given = take(arguments);
    if (given != null) {
      cost += price(function, overload, given, value);
    }
    return push(id, value);
  }

  private long price(String function, String overload, Value[] given, Value result) {
    OptionalLong special = calls.of(function, overload, given, result);
    return special.isPresent() ? special.getAsLong() : standard(overload, given);
  }

  private static long standard(String overload, Value[] given) {
    return switch (overload) {
      case "starts_with_string",
          "ends_with_string",
          "string_to_bytes",
          "bytes_to_string",
          "strings_quote",
          "string_format" ->
          Costs.multiply(size(given[0]), Costs.STRING_TRAVERSAL);
      case "in_list" -> size(given[1]);
      case "less_string",
          "greater_string",
          "less_equals_string",
          "greater_equals_string",
          "less_bytes",
          "greater_bytes",
          "less_equals_bytes",
          "greater_equals_bytes",
          "equals",
          "not_equals" ->
          Costs.multiply(Math.min(size(given[0]), size(given[1])), Costs.STRING_TRAVERSAL);
      case "add_string", "add_bytes" ->
          Costs.multiply(size(given[0]) + size(given[1]), Costs.STRING_TRAVERSAL);
      case "matches_string" -> regex(size(given[0]), size(given[1]));
      case "contains_string" ->
          Costs.multiply(size(given[0]), Costs.STRING_TRAVERSAL)
              * Costs.multiply(size(given[1]), Costs.STRING_TRAVERSAL);
      default -> 1;
    };
  }

  /** A pattern over a text: of each is counted what it grows with. */
  public static long regex(long text, long pattern) {
    return Costs.multiply(text + 1, Costs.STRING_TRAVERSAL)
        * Costs.multiply(pattern, Costs.REGEX_LENGTH);
  }

  /** The size of a value; 1 for those that have none. */
  private static long size(Value value) {
    Value held = value instanceof OptionalValue(Value inner) && inner != null ? inner : value;
    return Sizes.of(held).orElse(1);
  }

  private Value push(int id, Value value) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    ids[size] = id;
    values[size++] = value;
    if (Long.compareUnsigned(cost, limit) > 0) {
      throw new LimitExceeded();
    }
    return value;
  }

  private void drop(int id) {
    int place = find(id);
    size = place < 0 ? size : place;
  }

  private int find(int id) {
    for (int i = size - 1; i >= 0; i--) {
      if (ids[i] == id) {
        return i;
      }
    }
    return -1;
  }

  /** The values of arguments; null if one is not there. */
  private Value @Nullable [] take(int[] arguments) {
    Value[] taken = new Value[arguments.length];
    for (int i = arguments.length - 1; i >= 0; i--) {
      int place = find(arguments[i]);
      if (place < 0) {
        return null;
      }
      taken[i] = values[place];
      size = place;
    }
    return taken;
  }
}
