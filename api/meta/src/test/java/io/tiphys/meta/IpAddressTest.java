package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  private static final String NO_IP =
      "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  private static final String NO_NETWORK =
      "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3",
        "0.0.0.0",
        "::",
        "::1",
        "2001:db8::1",
        "1:2:3:4:5:6:7:8",
        "1::1.2.3.4"
      })
  void addressesAreLetPass(String text) {
    assertThat(IpAddress.problems(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.a",
        "1.2.3.-4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8:9",
        "12345::",
        "fe80::1%eth0",
        "1.2.3.4::",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4",
        "999999999999.1.1.1"
      })
  void whatIsNoAddressIsCalledSo(String text) {
    assertThat(IpAddress.problems(text)).containsExactly(NO_IP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"010.1.2.3", "1.2.3.04", "::ffff:1.2.3.04", "::00001"})
  void leadingZerosAreReadButRefused(String text) {
    assertThat(IpAddress.parse(text)).isNotNull();
    assertThat(IpAddress.problems(text)).containsExactly("must not have leading 0s");
  }

  @Test
  void anAddressOfOneFamilyIsNotWrittenAsOneOfTheOther() {
    assertThat(IpAddress.problems("::ffff:1.2.3.4"))
        .containsExactly("must not be an IPv4-mapped IPv6 address");
    assertThat(IpAddress.parse("::ffff:1.2.3.4")).isEqualTo(IpAddress.parse("1.2.3.4"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "10.0.0.0/24, ''",
        "0.0.0.0/0, ''",
        "2001:db8::/64, ''",
        "::/128, ''",
        "010.0.0.0/24, must not have leading 0s in IP or prefix length",
        "10.0.0.0/024, must not have leading 0s in IP or prefix length",
        "10.0.0.1/24, must not have bits set beyond the prefix length",
        "2001:db8::1/64, must not have bits set beyond the prefix length",
        "::ffff:1.2.3.4/128, must not have an IPv4-mapped IPv6 address"
      })
  void networksAreJudged(String text, String problem) {
    assertThat(String.join(";", IpAddress.networkProblems(text))).isEqualTo(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "/8"})
  void whatIsNoNetworkIsCalledSo(String text) {
    assertThat(IpAddress.networkProblems(text)).containsExactly(NO_NETWORK);
  }

  @Test
  void specialAddressesAreKnown() {
    assertThat(IpAddress.parse("127.9.9.9")).matches(IpAddress::isLoopback);
    assertThat(IpAddress.parse("::1")).matches(IpAddress::isLoopback);
    assertThat(IpAddress.parse("::")).matches(IpAddress::isUnspecified);
    assertThat(IpAddress.parse("0.0.0.0")).matches(IpAddress::isUnspecified);
    assertThat(IpAddress.parse("169.254.1.1")).matches(IpAddress::isLinkLocalUnicast);
    assertThat(IpAddress.parse("fe80::1")).matches(IpAddress::isLinkLocalUnicast);
    assertThat(IpAddress.parse("224.0.0.1")).matches(IpAddress::isLinkLocalMulticast);
    assertThat(IpAddress.parse("ff02::1")).matches(IpAddress::isLinkLocalMulticast);
    assertThat(IpAddress.parse("10.0.0.1"))
        .matches(ip -> !ip.isLoopback() && !ip.isUnspecified() && !ip.isV6())
        .matches(ip -> !ip.isLinkLocalUnicast() && !ip.isLinkLocalMulticast());
  }
}
