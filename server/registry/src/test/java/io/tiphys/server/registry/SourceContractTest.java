package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.client.WatchOptions;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.StoreException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever breaks inside, a component that calls the API in process sees an ApiFailure. */
class SourceContractTest {
  private final AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();

  static List<RuntimeException> causes() {
    return List.of(
        new StoreException(Reason.NO_SPACE, "no space left"),
        new StoreException(Reason.CLOSED, "closed"),
        new UncheckedIOException(new IOException("Input/output error")),
        new CodecException("unexpected end of JSON input"),
        new IllegalStateException("broken"),
        new NullPointerException("nobody foresaw it"));
  }

  /** Each method of the contract, by its name. */
  private static Map<String, Runnable> calls(Source source) {
    ConfigMap map = map("present");
    Pod pod = Pod.builder().metadata(metadata("pod")).build();
    Json change = Json.parse("{\"data\":{\"now\":\"other\"}}".getBytes(UTF_8));
    Map<String, Runnable> calls = new TreeMap<>();
    calls.put("get", () -> source.get(CoreV1.CONFIGMAPS, "default", "present"));
    calls.put("list", () -> source.list(CoreV1.CONFIGMAPS, "default", ListOptions.ALL));
    calls.put(
        "watch",
        () -> source.watch(CoreV1.CONFIGMAPS, "default", new WatchOptions("", "", "")).close());
    calls.put("create", () -> source.create(CoreV1.CONFIGMAPS, map("new")));
    calls.put("update", () -> source.update(CoreV1.CONFIGMAPS, map.withData(Map.of())));
    calls.put("updateStatus", () -> source.updateStatus(CoreV1.PODS, pod));
    calls.put(
        "patch",
        () ->
            source.patch(CoreV1.CONFIGMAPS, "default", "present", "", Source.Patch.merge(change)));
    calls.put(
        "delete",
        () -> source.delete(CoreV1.CONFIGMAPS, "default", "present", DeleteOptions.EMPTY));
    calls.put(
        "createSubresource",
        () ->
            source.createSubresource(
                CoreV1.SERVICEACCOUNTS,
                "default",
                "default",
                "token",
                TokenRequest.EMPTY,
                TokenRequest.TYPE));
    assertThat(calls.keySet())
        .isEqualTo(
            new TreeSet<>(
                Arrays.stream(Source.class.getMethods())
                    .filter(method -> Modifier.isAbstract(method.getModifiers()))
                    .map(Method::getName)
                    // What is served is known without asking anybody: nothing of it can break.
                    .filter(name -> !name.equals("resources"))
                    .toList()));
    return calls;
  }

  private static ConfigMap map(String name) {
    return ConfigMap.builder().metadata(metadata(name)).data(Map.of("now", name)).build();
  }

  private static ObjectMeta metadata(String name) {
    return ObjectMeta.builder().namespace("default").name(name).build();
  }

  @ParameterizedTest
  @MethodSource("causes")
  void everyMethodTellsWhateverBrokeAsAnApiFailure(RuntimeException cause) {
    try (ApiServerFixture apiServer = new ApiServerFixture().furnished()) {
      Source source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
      source.create(CoreV1.CONFIGMAPS, map("present"));
      apiServer.breakAuthorizer(cause);
      calls(source)
          .forEach(
              (name, call) ->
                  assertThat(catchThrowable(call::run)).as(name).isInstanceOf(ApiFailure.class));
    }
  }

  /** Reads that the cache can answer may go on; nothing else but an ApiFailure may come. */
  @ParameterizedTest
  @MethodSource("causes")
  void aStoreThatFailsAltogetherIsSeenAsApiFailuresOnly(RuntimeException cause) {
    try (ApiServerFixture apiServer = new ApiServerFixture(this::breakable).furnished()) {
      Source source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
      source.create(CoreV1.CONFIGMAPS, map("present"));
      Map<String, Runnable> calls = calls(source);
      broken.set(cause);
      calls.forEach(
          (name, call) -> {
            Throwable thrown = catchThrowable(call::run);
            if (List.of("create", "update", "patch", "delete").contains(name)) {
              assertThat(thrown).as(name).isInstanceOf(ApiFailure.class);
            } else if (thrown != null) {
              assertThat(thrown).as(name).isInstanceOf(ApiFailure.class);
            }
          });
      broken.set(null);
    }
  }

  private Store breakable(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, arguments) -> {
              RuntimeException cause = broken.get();
              if (cause != null) {
                throw cause;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
