package io.tiphys.base.machine;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a process is told by whoever starts it, and by its JVM. Read once, when it starts.
 *
 * @param variables such as {@code PATH}
 * @param architecture in Go's words, as all of Kubernetes calls it: {@code amd64}, {@code arm64}
 * @param processors how many this process may use
 */
public record Environment(Map<String, String> variables, String architecture, int processors) {
  public Environment {
    variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
  }

  static Environment own() {
    return new Environment(
        System.getenv(),
        goName(System.getProperty("os.arch", "amd64")),
        Runtime.getRuntime().availableProcessors());
  }

  private static String goName(String javaName) {
    return switch (javaName) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> javaName;
    };
  }

  /** A variable's value; empty where it is not set. */
  public String variable(String name) {
    return variables.getOrDefault(name, "");
  }
}
