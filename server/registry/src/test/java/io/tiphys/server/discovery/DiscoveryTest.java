package io.tiphys.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Against what upstream 1.36 serves, one line for each resource of the groups we serve. */
class DiscoveryTest {
  @Test
  void everyResourceIsDescribedAsUpstreamDescribesIt() throws IOException {
    Set<String> expected = new HashSet<>(upstream());
    Set<String> served = served();
    served.removeIf(line -> line.startsWith("apps/v1alpha1|"));
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(served);
    assertThat(missing).isEmpty();
    served.removeAll(expected);
    assertThat(served).as("served beyond upstream").isEmpty();
  }

  private static List<String> upstream() throws IOException {
    try (InputStream in = DiscoveryTest.class.getResourceAsStream("upstream-1.36-resources.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().toList();
    }
  }

  private static Set<String> served() {
    Set<String> lines = new HashSet<>();
    Registry registry = BuiltinKinds.registry();
    Discovery discovery = new Discovery(registry);
    registry
        .groups()
        .forEach(
            (group, versions) ->
                versions
                    .keySet()
                    .forEach(
                        version -> {
                          Json.Obj list =
                              (Json.Obj)
                                  Objects.requireNonNull(discovery.resources(group, version));
                          String in = text(list, "groupVersion");
                          elements(list, "resources")
                              .forEach(resource -> lines.add(line(in, (Json.Obj) resource)));
                        }));
    return lines;
  }

  private static String line(String groupVersion, Json.Obj resource) {
    boolean other = resource.get("version") != null;
    return List.of(
            groupVersion,
            text(resource, "name"),
            text(resource, "kind"),
            other ? text(resource, "group") + "/" + text(resource, "version") : "",
            text(resource, "singularName"),
            String.valueOf(resource.get("namespaced") instanceof Json.Bool(boolean b) && b),
            words(resource, "verbs"),
            words(resource, "shortNames"),
            words(resource, "categories"),
            text(resource, "storageVersionHash"))
        .stream()
        .collect(Collectors.joining("|"));
  }

  private static String text(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Str(String value) ? value : "";
  }

  private static List<Json> elements(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Arr(List<Json> values) ? values : List.of();
  }

  private static String words(Json.Obj object, String name) {
    List<String> words = new ArrayList<>();
    elements(object, name).forEach(value -> words.add(((Json.Str) value).value()));
    return String.join(",", words);
  }
}
