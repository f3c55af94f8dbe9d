package io.tiphys.network.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.linux.IpPrefix;
import io.tiphys.network.pods.PodNetwork.Sandbox;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressBookTest {
  @TempDir Path folder;

  private PodNetworkConfig config(String cidr) {
    return new PodNetworkConfig("argo", IpPrefix.parse(cidr), 0, folder.resolve("book"));
  }

  private static Sandbox sandbox(int i) {
    return new Sandbox("s" + i, Path.of("/nowhere"), "default", "p" + i);
  }

  @Test
  void givesEveryAddressOnceAndThenSaysSo() {
    AddressBook book = AddressBook.open(config("10.0.0.0/28"));
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 13; i++) {
      given.add(book.give(sandbox(i)).ip());
    }
    assertThat(given).hasSize(13).doesNotContain("10.0.0.0", "10.0.0.1", "10.0.0.15");
    assertThatThrownBy(() -> book.give(sandbox(13)))
        .isInstanceOf(NoAddressLeft.class)
        .hasMessage("no address left in the pod network 10.0.0.0/28");
    book.takeBack("s5");
    assertThat(book.give(sandbox(13)).ip()).isEqualTo("10.0.0.7");
  }

  @Test
  void letsAGivenBackAddressRest() {
    AddressBook book = AddressBook.open(config("10.0.0.0/28"));
    String first = book.give(sandbox(0)).ip();
    book.takeBack("s0");
    assertThat(book.give(sandbox(1)).ip()).isNotEqualTo(first);
  }

  @Test
  void remembers() {
    AddressBook book = AddressBook.open(config("10.0.0.0/28"));
    Attachment given = book.give(sandbox(0));
    AddressBook again = AddressBook.open(config("10.0.0.0/28"));
    assertThat(again.find("s0")).contains(given);
    assertThat(again.give(sandbox(1)).ip()).isEqualTo("10.0.0.3");
    again.delete();
    assertThat(folder.resolve("book")).doesNotExist();
  }

  @Test
  void givesAnotherAddressWhenTheNetworkHasChanged() {
    AddressBook.open(config("10.0.0.0/28")).give(sandbox(0));
    AddressBook again = AddressBook.open(config("10.9.0.0/28"));
    assertThat(again.give(sandbox(0)).ip()).isEqualTo("10.9.0.2");
  }

  @Test
  void namesFitTheKernel() {
    assertThat(LinkNames.gateway("argo")).isEqualTo("ty-argo");
    assertThat(LinkNames.gateway("twelve-chars")).isEqualTo("ty-twelve-chars");
    assertThat(LinkNames.gateway("a-profile-of-many-letters")).hasSize(15).startsWith("ty-");
    assertThat(LinkNames.gateway("Großbuchstaben")).hasSize(15);
    assertThat(LinkNames.pod("argo", "x".repeat(64))).hasSize(15);
    assertThat(LinkNames.pod("argo", "x")).isNotEqualTo(LinkNames.pod("iolcus", "x"));
  }

  @Test
  void refusesNetworksTooSmall() {
    assertThatThrownBy(() -> config("10.0.0.0/30")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config("fd00::/64")).isInstanceOf(IllegalArgumentException.class);
  }
}
