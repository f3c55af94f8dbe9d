package io.tiphys.cel.cost;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.type.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the sizes of an expression's parts, and where in variables they lie. */
final class KnownSizes {
  private final Checked checked;
  private final Estimator estimator;
  private final Map<Integer, List<String>> paths = new HashMap<>();
  private final Map<Integer, Range> computed = new HashMap<>();
  private final Map<Integer, Entries> computedEntries = new HashMap<>();
  private final Map<String, Deque<Local>> locals = new HashMap<>();

  KnownSizes(Checked checked, Estimator estimator) {
    this.checked = checked;
    this.estimator = estimator;
  }

  /** The sizes of what a list or a map holds. */
  record Entries(Kind container, Range key, Range value) {}

  /** The variable of a loop. */
  private record Local(List<String> path, @Nullable Range size, @Nullable Entries entries) {}

  static List<String> below(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  void setPath(Expr expr, List<String> path) {
    paths.put(expr.id(), path);
  }

  private @Nullable Local local(String name) {
    Deque<Local> all = locals.get(name);
    return all == null ? null : all.peek();
  }

  /** The variable that an expression is; null if it is none. */
  private @Nullable Local localOf(Expr expr) {
    return expr instanceof Expr.Ident(int _, String name) ? local(name) : null;
  }

  List<String> pathOfName(String name) {
    Local local = local(name);
    return local == null ? List.of(name) : local.path;
  }

  List<String> path(Expr expr) {
    Local local = localOf(expr);
    if (local != null) {
      return local.path;
    }
    return paths.getOrDefault(expr.id(), List.of());
  }

  CostNode node(Expr expr) {
    List<String> path = path(expr);
    boolean gathered = !path.isEmpty() && CostEstimation.isAccumulator(path.getFirst());
    return new CostNode(gathered ? List.of() : path, checked.type(expr), expr, size(expr));
  }

  void setSize(Expr expr, @Nullable Range size) {
    if (size != null) {
      computed.put(expr.id(), size);
    }
  }

  void setEntries(Expr expr, @Nullable Entries entries) {
    if (entries != null) {
      computedEntries.put(expr.id(), entries);
    }
  }

  void copy(Expr to, Expr from) {
    setSize(to, size(from));
    setEntries(to, entries(from));
  }

  Range sizeOrUnknown(Expr expr) {
    Range size = size(expr);
    return size == null ? Range.UNKNOWN : size;
  }

  static Range sizeOrUnknown(CostNode node) {
    Range size = node.computed();
    return size == null ? Range.UNKNOWN : size;
  }

  @Nullable Range size(Expr expr) {
    Range known = computed.get(expr.id());
    known = known == null ? written(expr) : known;
    if (known != null) {
      return known;
    }
    Range told = estimator.size(new CostNode(path(expr), checked.type(expr), expr, null));
    if (told != null) {
      computed.put(expr.id(), told);
      return told;
    }
    if (CostEstimation.isScalar(checked.type(expr))) {
      return Range.of(1);
    }
    Local local = localOf(expr);
    return local == null ? null : local.size;
  }

  private static @Nullable Range written(Expr expr) {
    return switch (expr) {
      case Expr.Literal(int _, Constant value) ->
          Range.of(
              switch (value) {
                case Constant.Text(String text) -> text.codePointCount(0, text.length());
                case Constant.Binary(byte[] bytes) -> bytes.length;
                default -> 1;
              });
      case Expr.ListOf list -> Range.of(list.elements().size());
      case Expr.MapOf map -> Range.of(map.entries().size());
      default -> null;
    };
  }

  @Nullable Entries entries(Expr expr) {
    Entries known = computedEntries.get(expr.id());
    if (known != null) {
      return known;
    }
    Local local = localOf(expr);
    return local == null ? null : local.entries;
  }

  private void push(String name, Local local) {
    locals.computeIfAbsent(name, _ -> new ArrayDeque<>()).push(local);
  }

  void pop(String name) {
    Deque<Local> all = locals.get(name);
    if (all != null) {
      all.pop();
    }
  }

  void pushValue(String name, Expr expr) {
    push(name, new Local(path(expr), size(expr), entries(expr)));
  }

  private boolean isList(Expr range, @Nullable Entries entries) {
    Kind kind = entries == null ? checked.type(range).kind() : entries.container;
    return kind == Kind.LIST;
  }

  /** The index or key. */
  void pushKey(String name, Expr range) {
    Entries entries = entries(range);
    String part = isList(range, entries) ? "@indices" : "@keys";
    push(name, new Local(below(path(range), part), entries == null ? null : entries.key, null));
  }

  /** The element or value. */
  void pushElement(String name, Expr range) {
    Entries entries = entries(range);
    String part = isList(range, entries) ? "@items" : "@values";
    push(name, new Local(below(path(range), part), entries == null ? null : entries.value, null));
  }

  /** The element of a list, or the key of a map. */
  void pushSingle(String name, Expr range) {
    if (isList(range, entries(range))) {
      pushElement(name, range);
    } else {
      pushKey(name, range);
    }
  }
}
