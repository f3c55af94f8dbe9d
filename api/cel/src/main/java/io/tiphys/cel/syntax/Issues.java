package io.tiphys.cel.syntax;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with an expression, in the order of the text. */
public record Issues(Source source, List<Issue> all) {
  /** Of more only the number is told (cel-go's common/errors.go). */
  private static final int MOST_SHOWN = 100;

  private static final Comparator<Issue> BY_PLACE =
      (left, right) ->
          left.location().isBefore(right.location())
              ? -1
              : right.location().isBefore(left.location()) ? 1 : 0;

  public Issues {
    all = List.copyOf(all);
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** All of them, one below the other, as upstream shows them. */
  public String display() {
    List<Issue> sorted = new ArrayList<>(all.subList(0, Math.min(MOST_SHOWN, all.size())));
    sorted.sort(BY_PLACE);
    List<String> lines = new ArrayList<>();
    sorted.forEach(issue -> lines.add(issue.display(source)));
    if (all.size() > MOST_SHOWN) {
      lines.add((all.size() - MOST_SHOWN) + " more errors were truncated");
    }
    return String.join("\n", lines);
  }
}
