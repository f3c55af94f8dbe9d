package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.http.LoopbackClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses that no well-meaning client sends. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OddAddressesTest extends ServerFixture {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  /** As it is, which the JDK's client would not send. */
  private String raw(String method, String target) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            LoopbackClient.tls(PKI, null).getSocketFactory().createSocket("127.0.0.1", port())) {
      String request =
          method
              + " "
              + target
              + " HTTP/1.1\r\n"
              + "Host: a\r\n"
              + "Connection: close\r\n"
              + "Authorization: Bearer t-admin\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /.., may not be '..'",
    "DELETE, /%2e, may not be '.'",
    "GET, /a%25b, may not contain '%'"
  })
  void aNameThatIsNoSegmentOfAPathIsRefused(String method, String name, String why)
      throws Exception {
    assertThat(raw(method, MAPS + name))
        .startsWith("HTTP/1.1 400 ")
        .contains("Name parameter invalid: ", why);
  }

  @ParameterizedTest
  @CsvSource({
    "/apis/apps/v1/namespaces/default/deployments/x/scale/more",
    "/api/v1/namespaces/default/pods/x/log/more",
    "/api/v1/namespaces/default/configmaps/x/y/z"
  })
  void whatLiesBehindASubresourceIsNotFound(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("the server could not find the requested resource");
  }

  @Test
  void twoSlashesLeadNowhere() throws Exception {
    assertThat(raw("GET", "//api/v1/namespaces"))
        .startsWith("HTTP/1.1 404 ")
        .contains("404 page not found");
  }

  @Test
  void anAddressMayNameItsServer() throws Exception {
    assertThat(raw("GET", "https://a:1/api/v1/namespaces?limit=1")).contains("NamespaceList");
  }

  @ParameterizedTest
  @CsvSource({"?limit=%zz", "?limit=1;x=2", "?%zz=1&&=", "?a;limit=x"})
  void parametersThatCannotBeReadArePassedOver(String query) throws Exception {
    assertThat(raw("GET", MAPS + query)).startsWith("HTTP/1.1 200 ").contains("ConfigMapList");
  }

  @Test
  void moreParametersThanAreReadAreRefused() throws Exception {
    assertThat(raw("GET", MAPS + "?limit=1" + "&a=1".repeat(2000)))
        .startsWith("HTTP/1.1 400 ")
        .contains("too many query parameters");
  }
}
