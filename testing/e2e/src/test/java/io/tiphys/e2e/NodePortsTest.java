package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ports of the node that lead to pods, {@code hostPort} and {@code nodePort}: from where they are
 * reached, whom the pod sees, and who is refused one that is taken.
 */
class NodePortsTest {
  private static final int EVERYWHERE = 18_461;
  private static final int LOOPBACK = 18_462;

  private static final String TAKEN = "node(s) didn't have free ports for the requested pod ports";

  /** Answers with the address that it was asked from. */
  private static final String SERVER =
      """
      command:
          - sh
          - -c
          - |
            mkdir -p /www/cgi-bin
            printf '#!/bin/sh\\necho\\necho $REMOTE_ADDR\\n' > /www/cgi-bin/from
            chmod +x /www/cgi-bin/from
            exec httpd -f -p 8080 -h /www
          readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
      """
          .stripTrailing();

  private static TestCluster cluster;
  private static Kubectl kubectl;
  private static String node;

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("ports");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.web(folder).toString()).ok();
    cluster.apply(server("everywhere", "{containerPort: 8080, hostPort: %d}", EVERYWHERE, ""));
    String local = "{containerPort: 8080, hostPort: %d, hostIP: 127.0.0.1}";
    cluster.apply(server("local", local, LOOPBACK, ""));
    cluster.apply(sleeper("pod", false));
    cluster.apply(sleeper("host", true));
    cluster.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: NodePort
          selector: {app: everywhere}
          ports:
          - {port: 80, targetPort: 8080}
        """);
    kubectl.ok("wait", "--for=condition=ready", "pod", "--all", "--timeout=240s");
    node = kubectl.value("node", ".items[0].status.addresses[?(@.type==\"InternalIP\")].address");
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  private static String server(String name, String port, int hostPort, String more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %1$s, labels: {app: %1$s}}
    spec:
      terminationGracePeriodSeconds: 1
      %4$s
      containers:
      - name: main
        image: web:v1
        ports: [%2$s]
        %3$s
    """
        .formatted(name, port.formatted(hostPort), SERVER.indent(0).stripTrailing(), more);
  }

  private static String sleeper(String name, boolean hostNetwork) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      hostNetwork: %s
      terminationGracePeriodSeconds: 1
      containers:
      - {name: main, image: "web:v1", command: [sleep, "100000"]}
    """
        .formatted(name, hostNetwork);
  }

  /** Whom the server saw, asked from a pod; what kubectl said if there was no answer. */
  private static String seen(String pod, String address, Object port) {
    String url = "http://%s:%s/cgi-bin/from".formatted(address, port);
    Command asked = kubectl.run("exec", pod, "--", "wget", "-q", "-O", "-", url);
    // The server listens on IPv6 and writes an IPv4 address as one of those.
    return asked.exitCode() == 0
        ? asked.out().strip().replaceAll("^\\[::ffff:(.*)]$", "$1")
        : asked.err();
  }

  private static String address(String pod) {
    return kubectl.value("pod/" + pod, ".status.podIP");
  }

  @Test
  void aHostPortIsReachedAtEveryAddressAndShowsWhoAsks() {
    assertThat(address("host")).isEqualTo(node);
    assertThat(seen("host", node, EVERYWHERE)).isEqualTo(node);
    assertThat(seen("pod", node, EVERYWHERE)).isEqualTo(address("pod"));
    // Nobody answers a loopback address: the sender becomes one of the node's.
    assertThat(seen("host", "127.0.0.1", EVERYWHERE)).isEqualTo(gateway());
    assertThat(seen("everywhere", node, EVERYWHERE)).as("hairpin").isEqualTo(gateway());
    assertThat(seen("pod", "127.0.0.1", EVERYWHERE)).as("its own").contains("refused");
  }

  @Test
  void aHostPortAtLoopbackIsReachedThereAlone() {
    assertThat(seen("host", "127.0.0.1", LOOPBACK)).isEqualTo(gateway());
    assertThat(seen("host", node, LOOPBACK)).contains("refused");
    assertThat(seen("pod", node, LOOPBACK)).contains("refused");
  }

  @Test
  void aNodePortIsReachedFromTheNodeAndPodsAtAnyAddressOfTheNode() {
    String port = kubectl.value("service/web", ".spec.ports[0].nodePort");
    Await.until(
        "the node's port is open",
        () -> !seen("host", node, port).contains("refused"),
        () -> seen("host", node, port));
    for (String asking : new String[] {"host", "pod", "everywhere"}) {
      assertThat(seen(asking, node, port)).as(asking).isEqualTo(gateway());
    }
    assertThat(seen("host", "127.0.0.1", port)).isEqualTo(gateway());
    assertThat(seen("pod", "127.0.0.1", port)).as("its own").contains("refused");
  }

  /** The node's address on the pods' links. */
  private static String gateway() {
    return kubectl.ok("exec", "pod", "--", "ip", "route").replaceAll("(?s).*via (\\S+) .*", "$1");
  }

  @Test
  void aHostPortThatIsTakenIsRefusedBySchedulerAndKubelet() {
    String port = "{containerPort: 8080, hostPort: %d}";
    cluster.apply(server("second", port, EVERYWHERE, ""));
    String name = kubectl.value("node", ".items[0].metadata.name");
    cluster.apply(server("bound", port, EVERYWHERE, "nodeName: " + name));
    cluster.apply(server("wildcard", port, LOOPBACK, "nodeName: " + name));

    String message =
        "0/1 nodes are available: 1 %s. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
            .formatted(TAKEN);
    String scheduled = ".status.conditions[?(@.type==\"PodScheduled\")]";
    Await.until(
        "the scheduler has said why",
        () -> kubectl.value("pod/second", scheduled + ".message").equals(message),
        () -> kubectl.ok("get", "pod", "second", "-o", "yaml"));
    assertThat(kubectl.value("pod/second", scheduled + ".reason")).isEqualTo("Unschedulable");
    for (String refused : new String[] {"bound", "wildcard"}) {
      String pod = "pod/" + refused;
      Await.until(
          "the node refuses it",
          () -> kubectl.value(pod, ".status.phase").equals("Failed"),
          () -> kubectl.ok("describe", pod));
      assertThat(kubectl.value(pod, ".status.reason")).isEqualTo("NodePorts");
      assertThat(kubectl.value(pod, ".status.message"))
          .isEqualTo("Pod was rejected: Predicate NodePorts failed: " + TAKEN);
      String events = "involvedObject.name=" + refused + ",reason=NodePorts";
      Await.until(
          "an event says so",
          () -> kubectl.ok("get", "events", "--field-selector", events).contains(TAKEN));
    }
    kubectl.ok("delete", "pod", "second", "bound", "wildcard");
  }
}
