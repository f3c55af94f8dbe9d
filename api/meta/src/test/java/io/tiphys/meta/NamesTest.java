package io.tiphys.meta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "1", "a-1", "web-0", "0-0"})
  void acceptsDnsLabels(String name) {
    assertThat(Names.dns1123Label(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", "a-", "a_b", "a b", "ä"})
  void refusesOtherDnsLabels(String name) {
    assertThat(Names.dns1123Label(name))
        .containsExactly(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-',"
                + " and must start and end with an alphanumeric character (e.g. 'my-name',  or"
                + " '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
  }

  @Test
  void tellsDotsAndLengthApart() {
    assertThat(Names.dns1123Label("a.b")).containsExactly("must not contain dots");
    assertThat(Names.dns1123Label("a".repeat(64)))
        .containsExactly("must be no more than 63 characters");
    assertThat(Names.labelValue("a".repeat(64))).containsExactly("must be no more than 63 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b.c", "1.2", "a-b.c-d"})
  void acceptsSubdomains(String name) {
    assertThat(Names.dns1123Subdomain(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a.-b", "A.b", "*.b"})
  void refusesOtherSubdomains(String name) {
    assertThat(Names.dns1123Subdomain(name)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "now-with-dashes", "1-num.2-num", "example.com/Cap_x.y", "a/b"})
  void acceptsQualifiedNames(String name) {
    assertThat(Names.qualifiedName(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nospecial%", "cantend-", "/x", "only/one/slash", "CAPS.com/a", "a/", ""})
  void refusesOtherQualifiedNames(String name) {
    assertThat(Names.qualifiedName(name)).isNotEmpty();
  }

  @Test
  void namesTheWrongPart() {
    assertThat(Names.qualifiedName("/a")).containsExactly("prefix part must be non-empty");
    assertThat(Names.qualifiedName("a/").getFirst()).isEqualTo("name part must be non-empty");
    assertThat(Names.qualifiedName("x".repeat(64)))
        .containsExactly("name part must be no more than 63 bytes");
    assertThat(Names.qualifiedName("A.b/c").getFirst())
        .startsWith("prefix part a lowercase RFC 1123 subdomain must");
  }

  @Test
  void checksPathSegments() {
    assertThat(Names.pathSegmentName("a:b")).isEmpty();
    assertThat(Names.pathSegmentName("..")).containsExactly("may not be '..'");
    assertThat(Names.pathSegmentName("a/%"))
        .containsExactly("may not contain '/'", "may not contain '%'");
  }

  @Test
  void checksPortNames() {
    assertThat(Names.portName("http-8080")).isEmpty();
    assertThat(Names.portName("-80--"))
        .containsExactly(
            "must contain at least one letter (a-z)",
            "must not contain consecutive hyphens",
            "must not begin or end with a hyphen");
    assertThat(Names.portNumber(0)).containsExactly("must be between 1 and 65535, inclusive");
  }

  @Test
  void checksKeysAndVariables() {
    assertThat(Names.configMapKey("..a")).containsExactly("must not start with '..'");
    assertThat(Names.configMapKey("a/b")).hasSize(1);
    assertThat(Names.envVarName("1A")).hasSize(1);
    assertThat(Names.envVarName("A.b-c_1")).isEmpty();
    assertThat(Names.relaxedEnvVarName("1 ä")).hasSize(1);
    assertThat(Names.relaxedEnvVarName("1 b")).isEmpty();
  }

  @Test
  void lenientAboutWhatFollowsAPrefix() {
    assertThat(Names.asPrefix("web-", Names::dns1123Label)).isEmpty();
    assertThat(Names.asPrefix("Web-", Names::dns1123Label)).hasSize(1);
  }

  /** A text that counts how often it is looked at. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a_", "-", "_a.", ".", "a-_b."})
  void searchedNamesAreReadInProportionToTheirLength(String part) {
    Counted text = new Counted(part.repeat(1_000_000 / part.length()) + "!");
    assertThat(Names.isSearched(text)).isFalse();
    assertThat(text.steps).isLessThan(4L * text.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "_a", "a_b", "_a.b-c", "1._tcp.x"})
  void acceptsSearchedNames(String name) {
    assertThat(Names.dns1123SubdomainWithUnderscore(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_", "__a", "a_", "a-", "a..b", "A", ".a", "a."})
  void refusesOtherSearchedNames(String name) {
    assertThat(Names.dns1123SubdomainWithUnderscore(name)).hasSize(1);
  }
}
