package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.HostAlias;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A pod's /etc/hosts; checked against managedHostsFileContent in pkg/kubelet/kubelet_pods.go. */
final class HostsFile {
  private static final Path HOST = Path.of("/etc/hosts");

  private HostsFile() {}

  static Path write(Disk disk, Path folder, Pod pod, String podIp, String domain)
      throws ConfigProblem {
    Path file = folder.resolve("etc-hosts");
    try {
      disk.createDirectories(folder);
      String content =
          pod.spec().hostNetwork()
              ? onHost(pod, disk.exists(HOST) ? disk.readString(HOST) : "")
              : content(pod, podIp, domain);
      // Containers that run see this very file: on a full disk, writing would leave it empty.
      if (!disk.exists(file) || !disk.readString(file).equals(content)) {
        disk.write(file, content.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new ConfigProblem("cannot write " + file + ": " + e.getMessage());
    }
    return file;
  }

  static String content(Pod pod, String podIp, String domain) {
    StringBuilder text =
        new StringBuilder(
            """
            # Kubernetes-managed hosts file.
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            fe00::0\tip6-mcastprefix
            fe00::1\tip6-allnodes
            fe00::2\tip6-allrouters
            """);
    String hostname = ContainerConfigs.hostname(pod);
    text.append(podIp).append('\t');
    if (!pod.spec().subdomain().isEmpty()) {
      text.append(
          "%s.%s.%s.svc.%s\t".formatted(hostname, pod.spec().subdomain(), pod.namespace(), domain));
    }
    text.append(hostname).append('\n');
    return text.append(aliases(pod)).toString();
  }

  /** What a pod in the host's network sees: the host's own file, and its aliases. */
  static String onHost(Pod pod, String hosts) {
    return "# Kubernetes-managed hosts file (host network).\n" + hosts + aliases(pod);
  }

  private static String aliases(Pod pod) {
    if (pod.spec().hostAliases().isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n# Entries added by HostAliases.\n");
    for (HostAlias alias : pod.spec().hostAliases()) {
      text.append(alias.ip()).append('\t').append(String.join("\t", alias.hostnames()));
      text.append('\n');
    }
    return text.toString();
  }
}
