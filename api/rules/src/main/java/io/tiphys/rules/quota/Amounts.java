package io.tiphys.rules.quota;

import io.tiphys.meta.Quantity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Arithmetic of amounts by name. Checked against apiserver/pkg/quota/v1/resources.go. */
public final class Amounts {
  private Amounts() {}

  public static Map<String, Quantity> add(Map<String, Quantity> some, Map<String, Quantity> more) {
    Map<String, Quantity> sum = new TreeMap<>(some);
    more.forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
    return sum;
  }

  /** What {@code all} is more than {@code part}, of each at least nothing. */
  public static Map<String, Quantity> subtract(
      Map<String, Quantity> all, Map<String, Quantity> part) {
    Map<String, Quantity> difference = new TreeMap<>();
    all.forEach(
        (name, amount) -> {
          Quantity less = part.getOrDefault(name, Quantity.ZERO);
          Quantity left = amount.subtract(less);
          difference.put(name, left.signum() > 0 ? left : Quantity.ZERO);
        });
    part.keySet().forEach(name -> difference.putIfAbsent(name, Quantity.ZERO));
    return difference;
  }

  public static Map<String, Quantity> only(
      Map<String, Quantity> amounts, Collection<String> names) {
    Map<String, Quantity> kept = new TreeMap<>(amounts);
    kept.keySet().retainAll(names);
    return kept;
  }

  public static Map<String, Quantity> withoutZeros(Map<String, Quantity> amounts) {
    Map<String, Quantity> kept = new TreeMap<>(amounts);
    kept.values().removeIf(Quantity::isZero);
    return kept;
  }

  /** The names of which there is more than {@code bounds} allow. */
  public static List<String> exceeding(
      Map<String, Quantity> amounts, Map<String, Quantity> bounds) {
    List<String> exceeding = new ArrayList<>();
    amounts.forEach(
        (name, amount) -> {
          Quantity bound = bounds.get(name);
          if (bound != null && amount.compareTo(bound) > 0) {
            exceeding.add(name);
          }
        });
    return exceeding;
  }

  public static List<String> negative(Map<String, Quantity> amounts) {
    return amounts.entrySet().stream()
        .filter(entry -> entry.getValue().signum() < 0)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** Whether both are the same amounts, however they are written. */
  public static boolean same(Map<String, Quantity> some, Map<String, Quantity> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(
                entry -> {
                  Quantity other = others.get(entry.getKey());
                  return other != null && entry.getValue().compareTo(other) == 0;
                });
  }

  /** As messages show them. */
  public static String text(Map<String, Quantity> amounts) {
    return String.join(
        ",",
        new TreeMap<>(amounts)
            .entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList());
  }
}
