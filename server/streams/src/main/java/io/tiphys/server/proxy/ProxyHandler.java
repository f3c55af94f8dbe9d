package io.tiphys.server.proxy;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Loops;
import io.tiphys.codec.Json;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.streams.ConnectAdmission;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Answers {@code pods/proxy}, {@code services/proxy} and {@code nodes/proxy} by asking who is
 * meant. Checked against pkg/registry/core/{pod,service,node} and
 * apimachinery/pkg/util/proxy/upgradeaware.go.
 */
public final class ProxyHandler implements Handler {
  private static final Set<String> RESOURCES = Set.of("pods", "services", "nodes");
  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

  /** Answers up to this length are sent whole; longer ones as they come. */
  private static final int WHOLE_BYTES = 128 * 1024;

  private static final int PIECE_BYTES = 32 * 1024;
  private static final int MOVED = 301;
  private static final int SWITCHING = 101;

  private final Locations locations;
  private final ConnectAdmission admission;
  private final Dialer dialer;
  private final Loops loops;

  /**
   * @param random must be thread-safe
   */
  public ProxyHandler(
      ProxyObjects objects,
      ConnectAdmission admission,
      Dialer dialer,
      RandomGenerator random,
      Loops loops) {
    locations = new Locations(objects, random);
    this.admission = admission;
    this.dialer = dialer;
    this.loops = loops;
  }

  /** Whether this handler is the one to answer. */
  public static boolean fits(Request request) {
    RequestInfo info = request.info();
    // Not below the deprecated /watch/, whose verb is watch whatever the method.
    String root =
        info.namespace().isEmpty()
            ? "/api/v1/nodes/"
            : "/api/v1/namespaces/" + info.namespace() + "/";
    return info.resourceRequest()
        && request.path().startsWith(root)
        && info.apiGroup().isEmpty()
        && info.subresource().equals("proxy")
        && RESOURCES.contains(info.resource())
        && info.resource().equals("nodes") == info.namespace().isEmpty();
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    RequestInfo info = request.info();
    if (!METHODS.contains(request.method())) {
      throw ApiFailure.methodNotSupported(info.resource(), info.verb());
    }
    ProxyRequest passedOn = ProxyRequest.of(request);
    admit(passedOn);
    ProxyTarget target =
        switch (info.resource()) {
          case "pods" -> locations.pod(info.namespace(), info.name());
          case "services" -> locations.service(info.namespace(), info.name());
          default -> locations.node(info.name());
        };
    if (passedOn.wantsUpgrade()) {
      return upgraded(passedOn, target);
    }
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    if (passedOn.path().isEmpty() && reads) {
      String slash = request.path() + "/" + passedOn.query();
      return new Response.Full(MOVED, "", List.of(), Map.of("Location", slash));
    }
    try {
      return answered(passedOn, target);
    } catch (IOException e) {
      throw Locations.unreachable(String.valueOf(e.getMessage()));
    }
  }

  /** As ConnectResource of endpoints/handlers/rest.go. */
  private void admit(ProxyRequest passedOn) throws InterruptedException {
    Request request = passedOn.request();
    if (request.query().containsKey("dryRun")) {
      throw ApiFailure.badRequest("dryRun is not supported");
    }
    String kind =
        switch (request.info().resource()) {
          case "pods" -> "PodProxyOptions";
          case "services" -> "ServiceProxyOptions";
          default -> "NodeProxyOptions";
        };
    Json.Obj.Builder options = Json.Obj.builder().put("kind", kind).put("apiVersion", "v1");
    if (!passedOn.path().isEmpty()) {
      options.put("path", passedOn.path());
    }
    admission.admit(request, options.build());
  }

  private Response answered(ProxyRequest passedOn, ProxyTarget target) throws IOException {
    Request request = passedOn.request();
    byte[] body = request.body();
    Backend backend = Backend.connect(target, dialer);
    try {
      boolean bodyless = request.method().equals("HEAD");
      BackendAnswer answer = backend.send(passedOn.head(false, body.length), body, bodyless);
      if (answer.status() == SWITCHING) {
        throw new IOException("unexpected 101 response");
      }
      return response(answer, passedOn, target, backend);
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  private static Response response(
      BackendAnswer answer, ProxyRequest passedOn, ProxyTarget target, Backend backend)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    String contentType = "";
    for (Map.Entry<String, String> header : answer.headers().entrySet()) {
      String name = header.getKey();
      if (name.equalsIgnoreCase("Content-Type")) {
        contentType = header.getValue();
      } else if (name.equalsIgnoreCase("Location")) {
        headers.put(name, passedOn.redirected(header.getValue(), target.address()));
      } else if (!ProxyRequest.isHopByHop(name) && !name.equalsIgnoreCase("Content-Length")) {
        headers.put(name, header.getValue());
      }
    }
    if (answer.length() >= 0 && answer.length() <= WHOLE_BYTES) {
      byte[] whole = answer.body().readNBytes((int) answer.length());
      backend.close();
      return new Response.Full(answer.status(), contentType, List.of(whole), headers);
    }
    return new Response.Streaming(
        answer.status(), contentType, sink -> copy(answer.body(), backend, sink), headers);
  }

  private static void copy(InputStream from, Backend backend, Response.Sink sink)
      throws InterruptedException {
    try (backend) {
      sink.onClose(backend::close);
      byte[] piece = new byte[PIECE_BYTES];
      for (int read = read(from, piece); read >= 0; read = read(from, piece)) {
        if (read > 0) {
          sink.write(List.of(Arrays.copyOf(piece, read)));
        }
      }
    }
  }

  /** Whoever gets the answer must not take what broke off for the whole. */
  private static int read(InputStream from, byte[] piece) {
    try {
      return from.read(piece);
    } catch (IOException e) {
      throw new BrokenAnswer(e);
    }
  }

  private static final class BrokenAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenAnswer(IOException cause) {
      super("the answer of whom was asked broke off", cause);
    }
  }

  /** Asks for the other protocol first: only if the backend agrees does the client hear so. */
  private Response upgraded(ProxyRequest passedOn, ProxyTarget target) {
    Backend backend;
    try {
      backend = Backend.connect(target, dialer);
    } catch (IOException e) {
      throw Locations.unreachable(String.valueOf(e.getMessage()));
    }
    try {
      BackendAnswer answer = backend.send(passedOn.head(true, 0), new byte[0], false);
      return answer.status() == SWITCHING
          ? new Response.Upgrade(new Tunnel(answer.headers(), backend, loops))
          : response(answer, passedOn, target, backend);
    } catch (IOException e) {
      backend.close();
      throw Locations.unreachable(String.valueOf(e.getMessage()));
    }
  }
}
