package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Equality and order of values, in which 1 and 1.0 are the same number.
 *
 * <p>Checked against Equals and Compare in structured-merge-diff/value/value.go: numbers before
 * texts before booleans before lists before objects before null.
 */
final class JsonOrder {
  private JsonOrder() {}

  static boolean equal(Json left, Json right) {
    return switch (left) {
      case Json.Obj(var members) ->
          right instanceof Json.Obj(var others)
              && members.size() == others.size()
              && sameMembers(members, others);
      case Json.Arr(var elements) ->
          right instanceof Json.Arr(var others)
              && elements.size() == others.size()
              && sameElements(elements, others);
      case Json.Int _, Json.Num _ -> compare(left, right) == 0;
      default -> left.equals(right);
    };
  }

  private static boolean sameMembers(Map<String, Json> members, Map<String, Json> others) {
    for (var member : members.entrySet()) {
      Json other = others.get(member.getKey());
      if (other == null || !equal(member.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameElements(List<Json> elements, List<Json> others) {
    for (int i = 0; i < elements.size(); i++) {
      if (!equal(elements.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  static int compare(Json left, Json right) {
    int byRank = Integer.compare(rank(left), rank(right));
    if (byRank != 0) {
      return byRank;
    }
    return switch (left) {
      case Json.Int(long value) when right instanceof Json.Int(long other) ->
          Long.compare(value, other);
      case Json.Int _, Json.Num _ -> Double.compare(number(left), number(right));
      case Json.Str(String value) -> value.compareTo(((Json.Str) right).value());
      case Json.Bool(boolean value) -> Boolean.compare(value, ((Json.Bool) right).value());
      case Json.Arr(var elements) -> compareLists(elements, ((Json.Arr) right).elements());
      case Json.Obj(var members) -> compareMaps(members, ((Json.Obj) right).members());
      case Json.Null _ -> 0;
    };
  }

  private static int compareLists(List<Json> left, List<Json> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static int compareMaps(Map<String, Json> left, Map<String, Json> right) {
    var mine = new TreeMap<>(left).entrySet().iterator();
    var theirs = new TreeMap<>(right).entrySet().iterator();
    while (mine.hasNext() && theirs.hasNext()) {
      Map.Entry<String, Json> a = mine.next();
      Map.Entry<String, Json> b = theirs.next();
      int order = a.getKey().compareTo(b.getKey());
      if (order == 0) {
        order = compare(a.getValue(), b.getValue());
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static double number(Json value) {
    return value instanceof Json.Int(long number) ? (double) number : ((Json.Num) value).value();
  }

  private static int rank(@Nullable Json value) {
    return switch (value) {
      case Json.Int _, Json.Num _ -> 0;
      case Json.Str _ -> 1;
      case Json.Bool _ -> 2;
      case Json.Arr _ -> 3;
      case Json.Obj _ -> 4;
      case Json.Null _ -> 5;
      case null -> 6;
    };
  }
}
