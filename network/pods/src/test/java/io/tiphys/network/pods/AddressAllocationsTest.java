package io.tiphys.network.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.testing.FullDisk;
import io.tiphys.linux.IpPrefix;
import io.tiphys.network.pods.PodNetwork.Sandbox;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressAllocationsTest {
  private final FullDisk disk = new FullDisk();
  @TempDir Path folder;

  private PodNetworkConfig config(String cidr) {
    return new PodNetworkConfig("argo", IpPrefix.parse(cidr), 0, folder.resolve("book"));
  }

  private static Sandbox sandbox(int i) {
    return new Sandbox("s" + i, Path.of("/nowhere"), "default", "p" + i);
  }

  @Test
  void givesEveryAddressOnceAndThenSaysSo() {
    AddressAllocations allocations = AddressAllocations.open(config("10.0.0.0/28"), disk);
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 13; i++) {
      given.add(allocations.give(sandbox(i)).ip());
    }
    assertThat(given).hasSize(13).doesNotContain("10.0.0.0", "10.0.0.1", "10.0.0.15");
    assertThatThrownBy(() -> allocations.give(sandbox(13)))
        .isInstanceOf(NoAddressLeft.class)
        .hasMessage("no address left in the pod network 10.0.0.0/28");
    allocations.takeBack("s5");
    assertThat(allocations.give(sandbox(13)).ip()).isEqualTo("10.0.0.7");
  }

  @Test
  void anAddressThatTheDiskDoesNotTakeIsStillFree() {
    AddressAllocations allocations = AddressAllocations.open(config("10.0.0.0/29"), disk);
    disk.full(true);
    for (int i = 0; i < 10; i++) {
      Sandbox sandbox = sandbox(i);
      assertThatThrownBy(() -> allocations.give(sandbox)).isInstanceOf(UncheckedIOException.class);
    }
    disk.full(false);
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      given.add(allocations.give(sandbox(i)).ip());
    }
    assertThat(given).hasSize(5);
  }

  @Test
  void letsAGivenBackAddressRest() {
    AddressAllocations allocations = AddressAllocations.open(config("10.0.0.0/28"), disk);
    String first = allocations.give(sandbox(0)).ip();
    allocations.takeBack("s0");
    assertThat(allocations.give(sandbox(1)).ip()).isNotEqualTo(first);
  }

  @Test
  void remembers() {
    AddressAllocations allocations = AddressAllocations.open(config("10.0.0.0/28"), disk);
    Attachment given = allocations.give(sandbox(0));
    AddressAllocations again = AddressAllocations.open(config("10.0.0.0/28"), disk);
    assertThat(again.find("s0")).contains(given);
    assertThat(again.give(sandbox(1)).ip()).isEqualTo("10.0.0.3");
    again.delete();
    assertThat(folder.resolve("book")).doesNotExist();
  }

  /** What a power cut leaves: a name without content, a part of it, zeros instead of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "podNamespace=default\npodName=p0\naddress=10.0.0.2/32\ngate", "\0\0"})
  void aDamagedRecordIsDroppedAndItsAddressFree(String content) throws Exception {
    AddressAllocations before = AddressAllocations.open(config("10.0.0.0/29"), disk);
    before.give(sandbox(0));
    Path record = folder.resolve("book").resolve("s0");
    String whole = Files.readString(record);
    for (String damaged : List.of(content, whole.substring(0, whole.length() - 3))) {
      Files.writeString(record, damaged);
      AddressAllocations allocations = AddressAllocations.open(config("10.0.0.0/29"), disk);
      assertThat(allocations.find("s0")).isEmpty();
      assertThat(record).doesNotExist();
      assertThat(allocations.all()).isEmpty();
      assertThat(allocations.give(sandbox(1)).ip()).isEqualTo("10.0.0.2");
      allocations.takeBack("s1");
    }
  }

  @Test
  void givesAnotherAddressWhenTheNetworkHasChanged() {
    AddressAllocations.open(config("10.0.0.0/28"), disk).give(sandbox(0));
    AddressAllocations again = AddressAllocations.open(config("10.9.0.0/28"), disk);
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
