package io.tiphys.cel;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.check.Reference;

/** Whether an expression names a variable. */
final class Mentions {
  private Mentions() {}

  static boolean of(Checked checked, String variable) {
    return checked.references().values().stream()
        .anyMatch(each -> each instanceof Reference.Variable(String name) && name.equals(variable));
  }
}
