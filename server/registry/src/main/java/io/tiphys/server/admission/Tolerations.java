package io.tiphys.server.admission;

import io.tiphys.api.core.v1.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tolerations from two sides put together. Pure. Checked against pkg/util/tolerations. */
final class Tolerations {
  private Tolerations() {}

  /** All of both that no other covers. */
  static List<Toleration> merged(List<Toleration> first, List<Toleration> second) {
    List<Toleration> all = Stream.concat(first.stream(), second.stream()).toList();
    List<Toleration> merged = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Toleration each = all.get(i);
      boolean known = merged.stream().anyMatch(other -> covers(other, each));
      boolean comes =
          all.subList(i + 1, all.size()).stream()
              .anyMatch(other -> !other.equals(each) && covers(other, each));
      if (!known && !comes) {
        merged.add(each);
      }
    }
    return merged;
  }

  private static boolean covers(Toleration wide, Toleration narrow) {
    if (wide.equals(narrow)) {
      return true;
    }
    boolean everyKey = wide.key().isEmpty() && wide.operator().equals("Exists");
    if (!narrow.key().equals(wide.key()) && !everyKey) {
      return false;
    }
    if (!narrow.effect().equals(wide.effect()) && !wide.effect().isEmpty()) {
      return false;
    }
    Long most = wide.tolerationSeconds();
    if (wide.effect().equals("NoExecute") && most != null) {
      Long asked = narrow.tolerationSeconds();
      if (asked == null || asked > most) {
        return false;
      }
    }
    return switch (wide.operator()) {
      case "", "Equal" -> narrow.operator().equals("Equal") && narrow.value().equals(wide.value());
      case "Exists" -> true;
      default -> false;
    };
  }
}
