package io.tiphys.server.hall;

import io.tiphys.server.door.Answers;
import io.tiphys.server.door.Handler;
import io.tiphys.server.door.Request;
import io.tiphys.server.door.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code /livez}, {@code /readyz} and {@code /healthz}, and each check below them. Checked against
 * apiserver/pkg/server/healthz/healthz.go.
 */
final class Health implements Handler {
  private static final int INTERNAL_ERROR = 500;

  private final List<Check> checks;

  Health(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * One thing that must be well.
   *
   * @param aliveness also part of {@code /livez} and {@code /healthz}
   */
  record Check(String name, boolean aliveness, BooleanSupplier well) {}

  /** Every path that is answered, of the whole and of each check. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (String root : List.of("/healthz", "/livez", "/readyz")) {
      paths.add(root);
      checks.stream()
          .filter(check -> root.equals("/readyz") || check.aliveness())
          .forEach(check -> paths.add(root + "/" + check.name()));
    }
    return paths;
  }

  static boolean answers(String path) {
    return rootOf(path) != null;
  }

  private static @Nullable String rootOf(String path) {
    for (String root : List.of("/livez", "/readyz", "/healthz")) {
      if (path.equals(root) || path.startsWith(root + "/")) {
        return root;
      }
    }
    return null;
  }

  @Override
  public boolean mayBlock(Request request) {
    return false;
  }

  @Override
  public Response handle(Request request) {
    String root = rootOf(request.path());
    if (root == null) {
      return Answers.pageNotFound();
    }
    String name = root.substring(1);
    List<Check> asked =
        checks.stream().filter(check -> name.equals("readyz") || check.aliveness()).toList();
    String rest = request.path().substring(root.length()).replaceAll("^/+|/+$", "");
    return rest.isEmpty() ? all(request, name, asked) : one(rest, asked);
  }

  private static Response one(String name, List<Check> checks) {
    for (Check check : checks) {
      if (check.name().equals(name)) {
        return check.well().getAsBoolean()
            ? Answers.text(200, "ok")
            : Answers.text(INTERNAL_ERROR, "internal server error: reason withheld\n");
      }
    }
    return Answers.pageNotFound();
  }

  private static Response all(Request request, String name, List<Check> checks) {
    TreeSet<String> excluded = new TreeSet<>(request.query().getOrDefault("exclude", List.of()));
    TreeSet<String> unknown = new TreeSet<>(excluded);
    List<String> lines = new ArrayList<>();
    boolean well = true;
    for (Check check : checks) {
      unknown.remove(check.name());
      if (excluded.contains(check.name())) {
        lines.add("[+]" + check.name() + " excluded: ok");
      } else if (check.well().getAsBoolean()) {
        lines.add("[+]" + check.name() + " ok");
      } else {
        well = false;
        lines.add("[-]" + check.name() + " failed: reason withheld");
      }
    }
    if (!unknown.isEmpty()) {
      lines.add(
          "warn: some health checks cannot be excluded: no matches for "
              + unknown.stream().map(one -> '"' + one + '"').collect(Collectors.joining(", ")));
    }
    String listed = String.join("\n", lines) + "\n";
    if (!well) {
      return Answers.text(INTERNAL_ERROR, listed + name + " check failed\n");
    }
    boolean verbose = request.parameter("verbose") != null;
    return Answers.text(200, verbose ? listed + name + " check passed\n" : "ok");
  }
}
