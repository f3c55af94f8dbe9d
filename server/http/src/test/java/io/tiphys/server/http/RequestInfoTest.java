package io.tiphys.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of upstream's requestinfo_test.go. */
class RequestInfoTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/namespaces, list, '', namespaces, '', '', ''",
    "GET, /api/v1/namespaces/other, get, '', namespaces, '', other, other",
    "PUT, /api/v1/namespaces/other/finalize, update, '', namespaces, finalize, other, other",
    "GET, /api/v1/namespaces/other/status, get, '', namespaces, status, other, other",
    "GET, /api/v1/namespaces/other/pods, list, '', pods, '', other, ''",
    "GET, /api/v1/namespaces/other/pods/foo, get, '', pods, '', other, foo",
    "HEAD, /api/v1/namespaces/other/pods/foo, get, '', pods, '', other, foo",
    "GET, /api/v1/pods, list, '', pods, '', '', ''",
    "POST, /api/v1/namespaces/other/pods, create, '', pods, '', other, ''",
    "PATCH, /api/v1/namespaces/other/pods/foo/status, patch, '', pods, status, other, foo",
    "DELETE, /api/v1/namespaces/other/pods, deletecollection, '', pods, '', other, ''",
    "DELETE, /api/v1/namespaces/other/pods/foo, delete, '', pods, '', other, foo",
    "GET, /apis/apps/v1/namespaces/n/deployments/d/scale, get, apps, deployments, scale, n, d",
    "GET, /apis/rbac.authorization.k8s.io/v1/clusterroles, list, rbac.authorization.k8s.io,"
        + " clusterroles, '', '', ''",
    "GET, /api/v1/watch/pods, watch, '', pods, '', '', ''",
    "GET, /api/v1/watch/namespaces/other/pods/foo, watch, '', pods, '', other, foo",
    "GET, /api/v1/proxy/namespaces/other/pods/foo, proxy, '', pods, '', other, foo",
    "GET, /api/v1/namespaces/other/pods/foo/proxy/some/path, get, '', pods, proxy, other, foo",
  })
  void readsResourcePaths(
      String method,
      String path,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    RequestInfo info = RequestInfo.of(method, path, Map.of());

    assertThat(info)
        .isEqualTo(
            new RequestInfo(
                true, verb, group, "v1", resource, subresource, namespace, name, false));
  }

  @ParameterizedTest
  @CsvSource({"/", "/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/healthz", "/x/y/z"})
  void otherPathsAreNoResources(String path) {
    assertThat(RequestInfo.of("GET", path, Map.of())).isEqualTo(RequestInfo.ofPath("GET"));
  }

  @ParameterizedTest
  @CsvSource({
    "metadata.name=foo, foo",
    "metadata.name==foo, foo",
    "'spec.nodeName=n,metadata.name=foo', foo",
    "metadata.name!=foo, ''",
    "spec.nodeName=n, ''",
    "metadata.name=foo/bar, ''",
    "metadata.name=.., ''",
  })
  void aSelectorOfOneNameNamesTheObject(String selector, String name) {
    RequestInfo info =
        RequestInfo.of(
            "GET",
            "/api/v1/namespaces/n/pods",
            Map.of("fieldSelector", List.of(selector), "watch", List.of("1")));

    assertThat(info.name()).isEqualTo(name);
    assertThat(info.verb()).isEqualTo("watch");
  }

  @Test
  void watchingIsAskedForByParameter() {
    Map<String, List<String>> off = Map.of("watch", List.of("false"));

    assertThat(RequestInfo.of("GET", "/api/v1/pods", off).verb()).isEqualTo("list");
    assertThat(RequestInfo.of("GET", "/api/v1/pods", Map.of("watch", List.of("true"))).verb())
        .isEqualTo("watch");
  }
}
