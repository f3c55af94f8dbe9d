package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.server.admission.AdmissionPlugin;
import io.tiphys.server.authentication.TokenIssuer;
import io.tiphys.server.authentication.TokenRequests;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.customresources.DefinitionController;
import io.tiphys.server.http.Peer;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.TableShape;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The API of resources over a store in memory, spoken to as the listener would. */
final class ApiServerFixture implements AutoCloseable {
  static final User ADMIN = new User("admin", "", List.of(User.MASTERS), Map.of());
  private static final Set<String> GROUPS =
      Set.of(
          "",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "apiregistration.k8s.io",
          "apps",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "coordination.k8s.io",
          "events.k8s.io",
          "flowcontrol.apiserver.k8s.io",
          "networking.k8s.io",
          "node.k8s.io",
          "policy",
          "resource.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io");
  private static final Set<String> NOT_STORED = Set.of("bindings", "componentstatuses");

  final ManualClock clock;
  final Store store;
  final ResourceApi api;
  private final Loops loops;
  private final Closer closer = new Closer();
  private @Nullable RuntimeException breaking;

  ApiServerFixture() {
    this(store -> store);
  }

  /**
   * @param plugins asked after those that every server has
   */
  static ApiServerFixture admittedBy(AdmissionPlugin... plugins) {
    return new ApiServerFixture(store -> store, _ -> new PlainTables(), List.of(plugins));
  }

  /**
   * @param around what stands between the API and the store in memory
   */
  ApiServerFixture(UnaryOperator<Store> around) {
    this(around, _ -> new PlainTables(), List.of());
  }

  private ApiServerFixture(
      UnaryOperator<Store> around,
      Function<Clock, TablePrinter> tables,
      List<AdmissionPlugin> plugins) {
    clock = ManualClock.movedBySleepers();
    loops = new Loops(clock, new Random(8));
    store = around.apply(new MemoryStore(clock));
    List<Resource<?>> served =
        Resources.all().stream()
            .filter(resource -> GROUPS.contains(resource.group()))
            .filter(resource -> !NOT_STORED.contains(resource.plural()))
            .toList();
    ResourceApi.Plan plan =
        new ResourceApi.Plan(
            BuiltinKinds.registry(served),
            ServiceRanges.of("10.96.0.0/16"),
            tables.apply(clock),
            clock,
            new Random(7),
            loops);
    api = ResourceApi.open(store, plan, (directory, cache) -> openAssembly(plugins));
  }

  /** With the namespace {@code default} and its service account. */
  ApiServerFixture furnished() {
    post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}").expect(201);
    post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}")
        .expect(201);
    post(
            "/apis/networking.k8s.io/v1/servicecidrs",
            "{\"metadata\":{\"name\":\"kubernetes\"},\"spec\":{\"cidrs\":[\"10.96.0.0/16\"]}}")
        .expect(201);
    return this;
  }

  /** Follows definitions of custom resources, and prints tables as kubectl wants them. */
  static ApiServerFixture withCustomResources() {
    ApiServerFixture fixture = new ApiServerFixture(store -> store, KubectlTables::new, List.of());
    fixture.followDefinitions();
    return fixture.furnished();
  }

  /** Follows definitions of custom resources until it is closed. */
  Lifecycle followDefinitions() {
    Source source = api.source(ADMIN, "kube-apiserver");
    return closer.add(DefinitionController.open(api, source, clock, loops));
  }

  /** The same where others serve the store, too. */
  Lifecycle followDefinitions(Duration spreading) {
    Source source = api.source(ADMIN, "kube-apiserver");
    return closer.add(DefinitionController.open(api, source, clock, loops, spreading));
  }

  /** An answer: its code, its body, its headers. */
  record Answered(int code, byte[] body, String contentType, Map<String, String> headers) {
    Json.Obj json() {
      return (Json.Obj) JsonReader.of(body).readTree();
    }

    String text() {
      return new String(body, UTF_8);
    }

    Answered expect(int wanted) {
      if (code != wanted) {
        throw new AssertionError("expected " + wanted + " but was " + code + ": " + text());
      }
      return this;
    }

    Status status() {
      return ObjectCodec.fromJson(Status.TYPE, body);
    }

    /** The value at a path such as {@code metadata.name}; null where there is none. */
    String at(String path) {
      Json value = json();
      for (String part : path.split("\\.")) {
        value =
            switch (value) {
              case Json.Obj object -> object.get(part);
              case Json.Arr array -> array.elements().get(Integer.parseInt(part));
              case null, default -> null;
            };
      }
      return switch (value) {
        case null -> "<absent>";
        case Json.Str text -> text.value();
        case Json.Int number -> Long.toString(number.value());
        case Json.Bool bool -> Boolean.toString(bool.value());
        default -> value.toString();
      };
    }
  }

  Answered get(String path) {
    return send("GET", path, "", Map.of());
  }

  Answered post(String path, String body) {
    return send("POST", path, body, Map.of());
  }

  Answered put(String path, String body) {
    return send("PUT", path, body, Map.of());
  }

  Answered delete(String path) {
    return send("DELETE", path, "", Map.of());
  }

  Answered patch(String path, String type, String body) {
    return send("PATCH", path, body, Map.of("content-type", type));
  }

  Answered merge(String path, String body) {
    return patch(path, "application/merge-patch+json", body);
  }

  Answered apply(String path, String manager, String body) {
    String separator = path.contains("?") ? "&" : "?";
    return patch(
        path + separator + "fieldManager=" + manager, "application/apply-patch+yaml", body);
  }

  Answered send(String method, String target, String body, Map<String, String> headers) {
    return send(request(method, target, body.getBytes(UTF_8), headers));
  }

  Answered send(Request request) {
    try {
      return switch (api.handler().handle(request)) {
        case Response.Full full ->
            new Answered(full.status(), join(full.body()), full.contentType(), full.headers());
        default -> throw new AssertionError("an answer that is not whole");
      };
    } catch (ApiFailure failure) {
      byte[] status = ObjectCodec.toJson(Status.TYPE, failure.status());
      return new Answered(failure.code(), status, "application/json", Map.of());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Opens a watch; what it sends goes to {@code sink}. */
  Response.Streaming watch(String target, Map<String, String> headers) {
    try {
      Request request = request("GET", target, new byte[0], headers);
      return (Response.Streaming) api.handler().handle(request);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Request request(String method, String target, byte[] body, Map<String, String> headers) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8);
        query.computeIfAbsent(name, same -> new ArrayList<>()).add(value);
      }
    }
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putIfAbsent("user-agent", "test/1.0");
    RequestInfo info = RequestInfo.of(method, path, query);
    return new Request(method, path, query, all, body, info, ADMIN, Peer.LOCAL);
  }

  static byte[] join(List<byte[]> pieces) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    pieces.forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  @Override
  public void close() {
    closer.close();
    api.close();
    store.close();
  }

  /** From now on, who asks whether something is allowed gets no answer but this. */
  void breakAuthorizer(RuntimeException cause) {
    breaking = cause;
  }

  /** Everybody may do everything. */
  private ResourceApi.Guards openAssembly(List<AdmissionPlugin> plugins) {
    TokenIssuer issuer = new TokenIssuer(keys(), clock, UUID::randomUUID);
    return new ResourceApi.Guards(
        plugins,
        attributes -> {
          if (breaking != null) {
            throw breaking;
          }
          return new Authorizer.Decision(true, "");
        },
        List.of(new TokenRequests(issuer, (kind, ns, name) -> null, clock).resource()));
  }

  private static KeyPair keys() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A table of names. */
  private static final class PlainTables implements TablePrinter {
    @Override
    public <T extends ApiObject> Json.Obj print(
        TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options) {
      List<Json> rows = objects.stream().<Json>map(object -> new Json.Str(object.name())).toList();
      return Json.Obj.EMPTY
          .with("kind", new Json.Str("Table"))
          .with("columns", new Json.Bool(options.columnDefinitions()))
          .with("rows", new Json.Arr(rows));
    }
  }
}
