package io.tiphys.controllers.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.Closer;
import io.tiphys.client.ApiResource;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The garbage collector, of kinds that come and go. */
class CustomKindsTest {
  private static final String NAME = "widgets.example.com";

  private final World world = new World();
  private final Closer closer = new Closer();
  private final AtomicInteger lists = new AtomicInteger();
  private volatile boolean hidden;
  private volatile boolean undefined;
  private volatile boolean unlisted;
  private final Source source =
      (Source)
          Proxy.newProxyInstance(
              Source.class.getClassLoader(),
              new Class<?>[] {Source.class},
              (_, method, arguments) -> {
                if (method.getName().equals("resources") && hidden) {
                  return world.api.resources().stream().filter(each -> !isWidgets(each)).toList();
                }
                if (method.getName().equals("get") && undefined && arguments[2].equals(NAME)) {
                  throw ApiFailure.notFound(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, NAME);
                }
                if (method.getName().equals("list") && arguments[0].toString().equals(NAME)) {
                  lists.incrementAndGet();
                  if (unlisted) {
                    throw ApiFailure.notFound((Resource<?>) arguments[0], "");
                  }
                }
                try {
                  return method.invoke(world.api, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
  private final Informers informers =
      closer.add(new Informers(source, world.clock, new Random(4), world.context.loops()));
  private final ControllerContext context =
      new ControllerContext(source, informers, world.clock, new Random(5), world.context.loops());

  @AfterEach
  void close() {
    closer.close();
    world.close();
  }

  @Test
  void aKindThatCannotBeListedHoldsUpNobodyAndIsLeftWhenItIsGone() {
    unlisted = true;
    define("v1", "");
    ReplicaSet set = world.source.put(AppsV1.REPLICASETS, World.replicaSet("rs", 0, "a"));
    pod("p", "apps/v1", set);
    openCollector();
    world.awaitThat(() -> failsToFollow());

    world.source.delete(AppsV1.REPLICASETS, "ns", "rs", DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.PODS, "ns", "p");

    world.source.remove(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", NAME);
    world.awaitThat(() -> !failsToFollow());
  }

  @Test
  void aKindThatIsServedSomeTimeAfterItsDefinitionIsFollowed() {
    hidden = true;
    openCollector();
    define("v1", "");
    long defined = world.clock.nanoTime();
    world.awaitThat(() -> world.clock.nanoTime() - defined > Duration.ofMinutes(5).toNanos());
    assertThat(lists).hasValue(0);

    hidden = false;
    world.awaitThat(() -> lists.get() > 0);
  }

  @Test
  void whatAnObjectOfAKindThatIsGoneOwnedGoesHoweverLate() {
    define("v1", "");
    pod("p", "example.com/v1", create(widgets(), "w"));
    openCollector();
    world.api.refuse(
        write ->
            write.verb().equals("delete") && write.resource().startsWith("pods")
                ? ApiFailure.conflict(CoreV1.PODS, "p", "not now")
                : null);
    world.source.remove(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", NAME);
    world.awaitGone(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", NAME);
    long gone = world.clock.nanoTime();
    world.awaitThat(() -> world.clock.nanoTime() - gone > Duration.ofMinutes(5).toNanos());

    world.api.refuse(_ -> null);
    world.awaitGone(CoreV1.PODS, "ns", "p");
  }

  @Test
  void theObjectsOfADefinitionThatIsGoneAreGoneAndThoseOfOneThatServesNothingAreNot() {
    define("v1", "");
    String uid = create(widgets(), "w").metadata().uid();
    Followed followed = new Followed();
    world.awaitThat(() -> followed.graph.view(uid) != null);

    hidden = true;
    followed.refresh();
    assertThat(followed.graph.view(uid)).isNotNull();

    hidden = false;
    followed.refresh();
    world.time.settle();
    hidden = true;
    undefined = true;
    followed.refresh();
    assertThat(followed.graph.view(uid)).isNull();
  }

  @Test
  void anotherVersionIsFollowedWhenTheOneFollowedIsServedNoMore() {
    define("v2", "v1");
    String uid = create(widgets(), "w").metadata().uid();
    Followed followed = new Followed();
    world.awaitThat(() -> followed.knows(uid, "example.com/v2"));

    CustomResourceDefinition definition =
        world.source.get(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, "", NAME);
    world.source.update(
        ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
        definition.withSpec(
            definition
                .spec()
                .withVersions(
                    definition.spec().versions().stream()
                        .map(version -> version.withServed(version.name().equals("v1")))
                        .toList())));
    world.awaitThat(() -> widgets().version().equals("v1"));
    followed.refresh();
    world.awaitThat(() -> followed.knows(uid, "example.com/v1"));
  }

  /** A graph as the collector has it, without the collector. */
  private final class Followed {
    final Kinds kinds = new Kinds(source);
    final Graph graph = new Graph(new AbsentOwners(), _ -> {}, _ -> {});
    final Monitors monitors =
        new Monitors(context, closer.add(new ControllerRunner("test", context)), kinds, graph);

    Followed() {
      informers.start();
      monitors.follow();
    }

    void refresh() {
      kinds.refresh();
      monitors.follow();
    }

    boolean knows(String uid, String apiVersion) {
      Graph.View view = graph.view(uid);
      return view != null && !view.virtual() && view.identity().apiVersion().equals(apiVersion);
    }
  }

  private void openCollector() {
    closer.add(GarbageCollector.open(context));
    informers.start();
  }

  private boolean failsToFollow() {
    return context.loops().failing().stream().anyMatch(loop -> loop.name().contains(NAME));
  }

  /** Defines widgets, of two versions if there is another, and waits until they are served. */
  private void define(String version, String other) {
    String versions = version(version, true) + (other.isEmpty() ? "" : "," + version(other, false));
    String definition =
        """
        {"metadata":{"name":"widgets.example.com"},
         "spec":{"group":"example.com","scope":"Namespaced",
          "names":{"plural":"widgets","kind":"Widget"},"versions":[%s]}}
        """
            .formatted(versions);
    world.api.create(
        ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
        ObjectCodec.fromJson(
            CustomResourceDefinition.TYPE, definition.getBytes(StandardCharsets.UTF_8)));
    world.awaitThat(() -> world.api.resources().stream().anyMatch(CustomKindsTest::isWidgets));
  }

  private static String version(String name, boolean storage) {
    return """
    {"name":"%s","served":true,"storage":%s,"schema":{"openAPIV3Schema":{"type":"object"}}}\
    """
        .formatted(name, storage);
  }

  private static boolean isWidgets(ApiResource served) {
    return served.resource().qualifiedName().equals(NAME);
  }

  /** The best version of widgets. */
  private Resource<?> widgets() {
    return world.api.resources().stream()
        .filter(CustomKindsTest::isWidgets)
        .findFirst()
        .orElseThrow()
        .resource();
  }

  private <T extends ApiObject> T create(Resource<T> resource, String name) {
    Json.Obj meta = Json.Obj.builder().put("namespace", "ns").put("name", name).build();
    return world.api.create(
        resource,
        ObjectCodec.fromTree(
            resource.type(),
            Json.Obj.builder()
                .put("apiVersion", resource.apiVersion())
                .put("kind", resource.kind())
                .put("metadata", meta)
                .build()));
  }

  private void pod(String name, String apiVersion, ApiObject owner) {
    Pod pod = World.pod(name, "a");
    OwnerReference reference =
        OwnerReference.builder()
            .apiVersion(apiVersion)
            .kind(owner.type().gvk().kind())
            .name(owner.name())
            .uid(owner.metadata().uid())
            .build();
    world.source.put(
        CoreV1.PODS, pod.withMetadata(pod.metadata().withOwnerReferences(List.of(reference))));
  }
}
