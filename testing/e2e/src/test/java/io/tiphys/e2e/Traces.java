package io.tiphys.e2e;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a running cluster has on the machine outside its folder. Others may use the machine at the
 * same time: only what is certainly this cluster's counts.
 *
 * @param kinds by kind of trace: names of links, mount points, control groups; lines of packet
 *     rules, routes and processes
 */
record Traces(TestCluster cluster, Map<String, Set<String>> kinds) {

  static Traces of(TestCluster cluster) throws IOException {
    List<String> routes = routes(cluster);
    Set<String> links =
        routes.stream()
            .map(line -> Arrays.asList(line.split(" ")))
            .map(words -> words.get(words.indexOf("dev") + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Set<String>> kinds = new TreeMap<>();
    kinds.put("links", links);
    kinds.put("mounts", mounts(cluster));
    kinds.put("groups", groups(cluster));
    kinds.put("rules", rules(cluster));
    kinds.put("routes", new TreeSet<>(routes));
    kinds.put("processes", processes(cluster));
    return new Traces(cluster, kinds);
  }

  /** What is still there of it, or has come since. */
  Set<String> left() throws IOException {
    Set<String> left = new TreeSet<>();
    Set<String> links = kinds.getOrDefault("links", Set.of());
    output("ip", "-o", "link")
        .map(line -> line.split("[:@] *")[1])
        .filter(links::contains)
        .forEach(left::add);
    left.addAll(mounts(cluster));
    left.addAll(groups(cluster));
    left.addAll(rules(cluster));
    left.addAll(processes(cluster));
    Set<String> routes = kinds.getOrDefault("routes", Set.of());
    output("ip", "route", "show", "table", "all").filter(routes::contains).forEach(left::add);
    return left;
  }

  private static Set<String> mounts(TestCluster cluster) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .map(line -> line.split(" ")[1])
        .filter(mentions(cluster.state().toString()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> groups(TestCluster cluster) throws IOException {
    try (Stream<Path> folders = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
      return folders
          .map(Path::toString)
          .filter(mentions(cluster.profile()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> rules(TestCluster cluster) {
    return output("nft", "list", "ruleset")
        .filter(mentions(cluster.profile()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> processes(TestCluster cluster) {
    return output("ps", "-eo", "args")
        .filter(mentions(cluster.state().toString()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those to the cluster's pods and services. */
  private static List<String> routes(TestCluster cluster) throws IOException {
    Json settings = Json.parse(Files.readAllBytes(cluster.state().resolve("cluster.json")));
    return output("ip", "route", "show", "table", "all")
        .filter(
            mentions(network(settings, "podCidr")).or(mentions(network(settings, "serviceCidr"))))
        .filter(mentions(" dev "))
        .toList();
  }

  /** What the addresses of a block of 256 begin with. */
  private static String network(Json settings, String name) {
    if (settings instanceof Json.Obj object && object.get(name) instanceof Json.Str(String cidr)) {
      return cidr.substring(0, cidr.lastIndexOf('.') + 1);
    }
    throw new AssertionError("cluster.json lacks " + name);
  }

  private static Predicate<String> mentions(String text) {
    return line -> line.contains(text);
  }

  private static Stream<String> output(String... command) {
    return Command.run(Map.of(), "", List.of(command)).ok().lines().stream();
  }
}
