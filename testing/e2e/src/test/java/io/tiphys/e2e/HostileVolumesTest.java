package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that try to get out of their volumes, or to stay for ever. */
class HostileVolumesTest {
  private static final String SECRET = "only the host may read this";
  private static final String NOT_MADE =
      "Error: failed to create subPath directory for volumeMount \"v\" of container \"main\"";
  private static final String NOT_BOUND =
      "Error: failed to prepare subPath for volumeMount \"v\" of container \"main\"";

  /** As many try at once: most of them while the link is being swapped. */
  private static final int VICTIMS = 8;

  private static TestCluster cluster;
  private static Kubectl kubectl;
  private static Path host;

  @BeforeAll
  static void start(@TempDir Path images, @TempDir Path folder) throws IOException {
    cluster = TestCluster.start("hostile");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(images).toString()).ok();
    host = folder;
    Files.writeString(host.resolve("secret"), SECRET);
  }

  @AfterEach
  void nothingIsMadeOnTheHost() {
    assertThat(host.toFile().list()).containsExactly("secret");
    assertThat(host.resolve("secret")).hasContent(SECRET);
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  /**
   * @param link what leads to it in the volume, and from where
   */
  private record Escape(String link, String subPath, String refusal) {}

  @Test
  void linksThatLeadToTheHostAreRefusedInUpstreamsWords() {
    String far = "../".repeat(20).replaceAll("/$", "") + host;
    Map<String, Escape> escapes = new LinkedHashMap<>();
    escapes.put("absolute", new Escape(host + " /v/a", "a", NOT_BOUND));
    escapes.put("absolute-file", new Escape(host + "/secret /v/a", "a", NOT_BOUND));
    escapes.put("absolute-new", new Escape(host + " /v/a", "a/new/folder", NOT_MADE));
    escapes.put("relative", new Escape(far + " /v/a", "a", NOT_BOUND));
    escapes.put("relative-new", new Escape(far + " /v/a", "a/new", NOT_MADE));
    String above = host.getParent() + " /v/a";
    escapes.put("parent", new Escape(above, "a/" + host.getFileName() + "/secret", NOT_BOUND));
    escapes.put("parent-new", new Escape(above, "a/" + host.getFileName() + "/new", NOT_MADE));
    escapes.put("pods", new Escape("../../.. /v/a", "a", NOT_BOUND));
    escapes.put("magic", new Escape("/proc/self/root" + host + " /v/a", "a", NOT_BOUND));
    escapes.put("dangling", new Escape(host + "/new /v/a", "a", NOT_MADE));
    escapes.forEach((name, escape) -> cluster.apply(escaping(name, escape)));

    escapes.forEach(
        (name, escape) -> {
          String events = "involvedObject.name=" + name;
          Await.until(
              name + " is refused",
              () -> kubectl.ok("get", "events", "--field-selector", events).contains("Error: "),
              () -> kubectl.ok("describe", "pod", name));
          assertThat(
                  kubectl.ok(
                      "get",
                      "events",
                      "--field-selector",
                      events + ",reason=Failed",
                      "-o",
                      "jsonpath={.items[*].message}"))
              .as(name)
              .isEqualTo(escape.refusal);
          String waiting = ".status.containerStatuses[0].state.waiting";
          assertThat(kubectl.value("pod/" + name, waiting + ".reason"))
              .isEqualTo("CreateContainerConfigError");
          assertThat(kubectl.value("pod/" + name, waiting + ".message"))
              .isEqualTo(escape.refusal.substring("Error: ".length()));
        });
    kubectl.ok("delete", "pod", "--all");
  }

  private static String escaping(String name, Escape escape) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      volumes:
      - {name: v, emptyDir: {}}
      initContainers:
      - name: links
        image: web:v1
        command: [sh, -c, "ln -s $0 $1", %s]
        volumeMounts:
        - {name: v, mountPath: /v}
      containers:
      - name: main
        image: web:v1
        command: [sh, -c, "ls /p; cat /p /p/secret; exec sleep 1000"]
        volumeMounts:
        - {name: v, mountPath: /p, subPath: %s}
    """
        .formatted(name, escape.link.replace(" ", ", "), escape.subPath);
  }

  /** CVE-2017-1002101, CVE-2021-25741. */
  @Test
  void aLinkThatIsSwappedMeanwhileShowsNothingOfTheHost() {
    String victims =
        IntStream.range(0, VICTIMS)
            .mapToObj(
                i ->
                    """
                      - name: victim-%d
                        image: web:v1
                        command: [sh, -c, "ls /p; cat /p/secret; exit 1"]
                        volumeMounts:
                        - {name: v, mountPath: /p, subPath: swapped}
                    """
                        .formatted(i))
            .collect(Collectors.joining());
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: swapping}
        spec:
          terminationGracePeriodSeconds: 1
          volumes:
          - {name: v, emptyDir: {}}
          containers:
          - name: swapper
            image: web:v1
            command:
            - sh
            - -c
            - |
              mkdir /v/folder; echo inside > /v/folder/secret; ln -s %s /v/link
              while :; do
                mv -T /v/folder /v/swapped; mv -T /v/swapped /v/folder
                mv -T /v/link /v/swapped; mv -T /v/swapped /v/link
              done
            volumeMounts:
            - {name: v, mountPath: /v}
        %s\
        """
            .formatted(host, victims));

    Await.until(
        "some victims have been refused and some have run",
        () -> refused() > 1 && ended() > 1,
        () -> kubectl.ok("describe", "pod", "swapping"));
    for (int i = 0; i < VICTIMS; i++) {
      for (String which : List.of("--previous=false", "--previous")) {
        assertThat(kubectl.run("logs", "swapping", "-c", "victim-" + i, which).out())
            .doesNotContain(SECRET);
      }
    }
    kubectl.ok("delete", "pod", "swapping");
  }

  private static long refused() {
    String events = "involvedObject.name=swapping,reason=Failed";
    return kubectl
        .ok("get", "events", "--field-selector", events)
        .lines()
        .filter(line -> line.contains("subPath"))
        .count();
  }

  /** How many victims have run, in their last or in an earlier life. */
  private static int ended() {
    String statuses = kubectl.value("pod/swapping", ".status.containerStatuses");
    return statuses.split("\"terminated\"", -1).length - 1;
  }

  @Test
  void aHostPathMayHaveANewlineAndNoNul(@TempDir Path folder) throws IOException {
    Path odd = Files.createDirectory(folder.resolve("new\nline \"quoted\" \\012"));
    Files.writeString(odd.resolve("file"), "found");
    cluster.apply(hostPath("newline", odd.toString().replace("\\", "\\\\").replace("\"", "\\\"")));
    kubectl.ok("wait", "--for=condition=ready", "pod/newline", "--timeout=240s");
    assertThat(kubectl.ok("exec", "newline", "--", "cat", "/p/file")).isEqualTo("found");

    cluster.apply(hostPath("nul", folder + "/nul\\0character"));
    Await.until(
        "an event says why",
        () ->
            kubectl
                .ok("get", "events", "--field-selector", "involvedObject.name=nul")
                .contains("FailedMount"),
        () -> kubectl.ok("describe", "pod", "nul"));
    assertThat(kubectl.value("pod/nul", ".status.phase")).isEqualTo("Pending");

    kubectl.ok("delete", "pod", "newline", "nul");
    assertThat(folder.toFile().list()).containsExactly(odd.getFileName().toString());
    assertThat(odd.resolve("file")).hasContent("found");
  }

  private static String hostPath(String name, String path) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      terminationGracePeriodSeconds: 1
      volumes:
      - {name: v, hostPath: {path: "%s"}}
      containers:
      - name: main
        image: web:v1
        volumeMounts:
        - {name: v, mountPath: /p}
    """
        .formatted(name, path.replace("\n", "\\n"));
  }

  @Test
  void whatAPrivilegedPodMadeImmutableGoesWithThePod() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: immutable}
        spec:
          terminationGracePeriodSeconds: 1
          volumes:
          - {name: v, emptyDir: {}}
          - {name: host, hostPath: {path: /}}
          containers:
          - name: main
            image: web:v1
            securityContext: {privileged: true}
            volumeMounts:
            - {name: v, mountPath: /v}
            - {name: host, mountPath: /host}
        """);
    kubectl.ok("wait", "--for=condition=ready", "pod/immutable", "--timeout=240s");
    kubectl.ok("exec", "immutable", "--", "sh", "-c", "mkdir /v/folder; touch /v/folder/file");
    Path pod = cluster.state();
    String uid = kubectl.value("pod/immutable", ".metadata.uid");
    String found =
        Command.run(Map.of(), "", List.of("find", pod.toString(), "-path", "*" + uid + "*/folder"))
            .ok()
            .out()
            .strip();
    assertThat(found).as("the volume's folder on the host").isNotEmpty();
    for (String file : List.of("/file", "")) {
      kubectl.ok(
          "exec", "immutable", "--", "busybox", "chroot", "/host", "chattr", "+i", found + file);
    }
    assertThat(kubectl.run("exec", "immutable", "--", "rm", "-rf", "/v/folder").err())
        .contains("not permitted");

    kubectl.ok("delete", "pod", "immutable", "--timeout=60s");

    assertThat(Path.of(found)).doesNotExist();
  }
}
