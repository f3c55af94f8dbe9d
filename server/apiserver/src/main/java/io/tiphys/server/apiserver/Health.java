package io.tiphys.server.apiserver;

import io.tiphys.base.Loops;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code /livez}, {@code /readyz} and {@code /healthz}, and each check below them. Checked against
 * apiserver/pkg/server/healthz/healthz.go.
 */
final class Health implements Handler {
  private static final int INTERNAL_ERROR = 500;

  /** Enough to see what is the matter; one cause often shows in many loops. */
  private static final int LOOPS_SHOWN = 10;

  private final List<Check> checks;

  Health(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /** Where a check is asked, and what follows from its failure there. */
  enum Scope {
    /** In {@code /readyz} only. */
    READINESS,
    /** Everywhere: a server that fails it had better be started anew. */
    LIVENESS,
    /** Shown everywhere, but only {@code /readyz} fails by it: a restart would mend nothing. */
    TOLD
  }

  /**
   * One thing that must be well.
   *
   * @param problem what is wrong, if anything is
   */
  record Check(String name, Scope scope, Supplier<Optional<String>> problem) {
    /** One whose reason is nobody's business, as upstream has it. */
    static Check of(String name, Scope scope, BooleanSupplier well) {
      return new Check(
          name,
          scope,
          () -> well.getAsBoolean() ? Optional.empty() : Optional.of("reason withheld"));
    }

    /** That no loop of this process keeps failing. */
    static Check of(Loops loops) {
      return new Check("loops", Scope.TOLD, () -> problem(loops.failing()));
    }

    private static Optional<String> problem(List<Loops.Failing> failing) {
      return failing.stream()
          .limit(LOOPS_SHOWN)
          .map(
              loop ->
                  "%s has failed %d times: %s"
                      .formatted(
                          loop.name(), loop.failures(), loop.message().replaceAll("\\s+", " ")))
          .reduce((first, next) -> first + "; " + next);
    }

    boolean asked(String root) {
      return scope != Scope.READINESS || root.equals("readyz");
    }

    boolean decides(String root) {
      return scope == Scope.LIVENESS || root.equals("readyz");
    }
  }

  /** Every path that is answered, of the whole and of each check. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (String root : List.of("/healthz", "/livez", "/readyz")) {
      paths.add(root);
      checks.stream()
          .filter(check -> check.asked(root.substring(1)))
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
    List<Check> asked = checks.stream().filter(check -> check.asked(name)).toList();
    String rest = request.path().substring(root.length()).replaceAll("\\A/++|(?<!/)/++\\z", "");
    return rest.isEmpty() ? all(request, name, asked) : one(rest, asked);
  }

  private static Response one(String name, List<Check> checks) {
    for (Check check : checks) {
      if (check.name().equals(name)) {
        return check
            .problem()
            .get()
            .map(reason -> "internal server error: " + reason + "\n")
            .map(text -> Answers.text(INTERNAL_ERROR, text))
            .orElseGet(() -> Answers.text(200, "ok"));
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
        continue;
      }
      Optional<String> problem = check.problem().get();
      well &= problem.isEmpty() || !check.decides(name);
      lines.add(
          problem
              .map(reason -> "[-]" + check.name() + " failed: " + reason)
              .orElseGet(() -> "[+]" + check.name() + " ok"));
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
