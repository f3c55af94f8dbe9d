package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NftablesTest {
  @TempDir Path folder;
  private TestNamespace host;

  @BeforeEach
  void open() {
    Root.assumeRoot();
    host = TestNamespace.create(folder.resolve("host"));
  }

  @AfterEach
  void close() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void carriesOutATransactionInItsNamespace() {
    Nftables nft = host.stack().nftables();
    nft.run("add table ip argo\nadd set ip argo crew { type ipv4_addr; }\n");
    nft.run("add element ip argo crew { 10.0.0.1, 10.0.0.2 }\n");
    assertThat(nft.run("list set ip argo crew")).contains("10.0.0.1, 10.0.0.2");
    try (NetworkStack other = NetworkStack.host()) {
      assertThat(other.nftables().run("list tables")).doesNotContain("argo");
    }
    nft.run("delete table ip argo");
    assertThat(nft.run("list ruleset")).isEmpty();
  }

  @Test
  void doesAllOfItOrNothingAndSaysWhy() {
    Nftables nft = host.stack().nftables();
    assertThatThrownBy(() -> nft.run("add table ip argo\nadd rule ip argo none accept\n"))
        .isInstanceOf(LinuxFailure.class)
        .hasMessageContaining("Could not process rule: No such file or directory");
    assertThat(nft.run("list ruleset")).isEmpty();
    assertThatThrownBy(() -> nft.run("make it so")).hasMessageContaining("syntax error");
  }
}
