package io.tiphys.server.admission.podsecurity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;

/**
 * What a check has against a pod, in upstream's words.
 *
 * @param reason in a few words, the same for all pods alike
 * @param detail what exactly; may be empty
 */
record Finding(String reason, String detail) {

  /** All reasons. */
  static String reasons(List<Finding> findings) {
    return String.join(", ", findings.stream().map(Finding::reason).toList());
  }

  /** All reasons with their details. */
  static String details(List<Finding> findings) {
    return String.join(
        ", ",
        findings.stream()
            .map(
                each ->
                    each.detail.isEmpty() ? each.reason : each.reason + " (" + each.detail + ")")
            .toList());
  }

  /** Who set something: the pod, or some of its containers. */
  static final class Setters {
    private final List<String> containers = new ArrayList<>();
    private boolean pod;

    void pod() {
      pod = true;
    }

    void container(String name) {
      containers.add(name);
    }

    boolean none() {
      return !pod && containers.isEmpty();
    }

    List<String> all() {
      List<String> all = new ArrayList<>();
      if (pod) {
        all.add("pod");
      }
      if (!containers.isEmpty()) {
        all.add(containers(containers));
      }
      return all;
    }

    @Override
    public String toString() {
      return String.join(" and ", all());
    }
  }

  static String containers(Collection<String> names) {
    return counted("container", names) + " " + quoted(names);
  }

  /** A word in its number: all of them only take an s. */
  static String counted(String word, Collection<?> things) {
    return things.size() == 1 ? word : word + "s";
  }

  /** A verb in its number. */
  static String uses(Collection<?> subjects) {
    return subjects.size() == 1 ? "uses" : "use";
  }

  static String quoted(Collection<String> words) {
    return words.isEmpty() ? "" : "\"" + String.join("\", \"", words) + "\"";
  }

  /** Words behind their name. */
  static String typed(String word, SortedSet<String> words) {
    return counted(word, words) + " " + quoted(words);
  }
}
