package io.tiphys.rules.warnings;

import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects warnings; each begins with the field that it is about. */
final class Remarks {
  private final List<String> found = new ArrayList<>();

  List<String> list() {
    return found;
  }

  Remarks add(String text) {
    found.add(text);
    return this;
  }

  Remarks add(FieldPath at, String text) {
    return add(at + ": " + text);
  }

  Remarks addAll(List<String> more) {
    found.addAll(more);
    return this;
  }

  /** Amounts of bytes are whole. */
  Remarks wholeBytes(FieldPath at, Map<String, Quantity> amounts, String... resources) {
    for (String resource : resources) {
      Quantity amount = amounts.get(resource);
      if (amount != null && amount.milliValue() % 1000 != 0) {
        String quoted = GoText.quote(amount.toString());
        add(
            at.key(resource),
            "fractional byte value " + quoted + " is invalid, must be an integer");
      }
    }
    return this;
  }

  /**
   * A name that becomes a part of other names.
   *
   * @param of such as {@code the Pod's hostname}
   */
  Remarks label(String name, String of) {
    List<String> problems = Names.dns1123Label(name);
    if (!problems.isEmpty()) {
      add(
          FieldPath.of("metadata", "name"),
          "this is used in "
              + of
              + ", which can result in surprising behavior; a DNS label is recommended: "
              + "["
              + String.join(" ", problems)
              + "]");
    }
    return this;
  }
}
