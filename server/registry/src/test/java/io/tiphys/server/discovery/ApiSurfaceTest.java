package io.tiphys.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.Resource;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.ServedKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page that tells people what is served says what the registry says. */
class ApiSurfaceTest {
  private static final Path PAGE = Path.of("../../docs/api-surface.md");
  private static final Path NEW_PAGE = Path.of("target/api-surface.md");

  @Test
  void thePageOfWhatIsServedIsTrue() throws IOException {
    String page = page();
    Files.createDirectories(NEW_PAGE.getParent());
    Files.writeString(NEW_PAGE, page);
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("docs/api-surface.md; what it should be lies in server/registry/target")
        .isEqualTo(page);
  }

  private static String page() {
    List<String> lines = new ArrayList<>();
    lines.add("# What the API serves");
    lines.add("");
    lines.add("Written from the registry by `ApiSurfaceTest`, which fails when it is not true any");
    lines.add(
        "more. `rw` stands for create, delete, deletecollection, get, list, patch, update and");
    lines.add("watch. Resources that users define come on top.");
    BuiltinKinds.registry()
        .groups()
        .forEach(
            (group, versions) ->
                versions.forEach(
                    (version, kinds) -> {
                      lines.add("");
                      lines.add("## " + (group.isEmpty() ? version : group + "/" + version));
                      lines.add("");
                      lines.add("| resource | kind | namespaced | short | verbs | subresources |");
                      lines.add("|---|---|---|---|---|---|");
                      kinds.forEach(kind -> lines.add(line(kind)));
                    }));
    return String.join("\n", lines) + "\n";
  }

  private static String line(ServedKind<?> kind) {
    Resource<?> resource = kind.resource();
    List<String> parts = new ArrayList<>();
    kind.subresources()
        .forEach((name, part) -> parts.add(name + " (" + String.join(", ", part.verbs()) + ")"));
    String verbs = kind.verbs().size() == 8 ? "rw" : String.join(", ", kind.verbs());
    return "| %s | %s | %s | %s | %s | %s |"
        .formatted(
            resource.plural(),
            resource.kind(),
            resource.namespaced() ? "yes" : "no",
            String.join(", ", resource.shortNames()),
            verbs,
            String.join(", ", parts));
  }
}
