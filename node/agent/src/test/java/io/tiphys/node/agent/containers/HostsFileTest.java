package io.tiphys.node.agent.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.HostAlias;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostsFileTest {
  private static Pod pod(PodSpec spec) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().name("web-0").namespace("shop").build())
        .spec(spec)
        .build();
  }

  @Test
  void aPodKnowsItselfByNameAndFullName() {
    String text =
        HostsFile.content(
            pod(PodSpec.builder().subdomain("web").build()), "10.244.0.7", "cluster.local");
    assertThat(text)
        .startsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
        .endsWith("10.244.0.7\tweb-0.web.shop.svc.cluster.local\tweb-0\n");
  }

  @Test
  void aliasesComeLast() {
    PodSpec spec =
        PodSpec.builder()
            .hostname("me")
            .hostAliases(List.of(new HostAlias("1.2.3.4", List.of("foo", "bar"))))
            .build();
    String aliases = "\n# Entries added by HostAliases.\n1.2.3.4\tfoo\tbar\n";
    assertThat(HostsFile.content(pod(spec), "10.244.0.7", "cluster.local"))
        .endsWith("10.244.0.7\tme\n" + aliases);
    assertThat(HostsFile.onHost(pod(spec), "127.0.0.1 host\n"))
        .isEqualTo("# Kubernetes-managed hosts file (host network).\n127.0.0.1 host\n" + aliases);
  }
}
