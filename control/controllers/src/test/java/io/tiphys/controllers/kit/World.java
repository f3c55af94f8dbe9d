package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetSpec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.client.testing.RecordedSource;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A cluster of one API server, time that passes only while nobody has anything to do, and the
 * controllers a test opens in it. There is a namespace {@code ns}.
 */
public final class World implements Lifecycle {
  /** The rights that the controllers have in every process. */
  private static final User CONTROLLERS =
      new User("system:kube-controller-manager", "", List.of(User.MASTERS), Map.of());

  public final ManualClock clock = new ManualClock();
  public final VirtualTime time = new VirtualTime(clock);
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(9), VirtualTime.THREADS);
  private final TestApiServer server = closer.add(TestApiServer.open(clock, loops));

  /** Everybody but the controllers. */
  public final OtherComponents source = new OtherComponents(server);

  /** The API as the controllers have it. */
  public final RecordedSource api =
      new RecordedSource(server.source(CONTROLLERS, "kube-controller-manager"));

  private final Informers informers = closer.add(new Informers(api, clock, new Random(1), loops));
  public final ControllerContext context =
      new ControllerContext(api, informers, clock, new Random(2), loops);

  public World() {
    source.namespace("ns");
  }

  /** Opens a controller and lets it begin. */
  public void open(Function<ControllerContext, Lifecycle> controller) {
    closer.add(controller.apply(context));
    informers.start();
  }

  /** Waits until the object is as wished. */
  public <T extends ApiObject> T await(
      Resource<T> resource, String namespace, String name, Predicate<T> wished) {
    awaitThat(
        () -> {
          T found = source.find(resource, namespace, name);
          return found != null && wished.test(found);
        });
    return source.get(resource, namespace, name);
  }

  public void awaitGone(Resource<?> resource, String namespace, String name) {
    awaitThat(() -> source.find(resource, namespace, name) == null);
  }

  /** Waits until it holds; time passes meanwhile. */
  public void awaitThat(BooleanSupplier holds) {
    if (!time.comesAbout(holds)) {
      throw new AssertionError("not so in time; written: " + api.writes());
    }
  }

  /** The context of a controller that has another source than its copies have. */
  public ControllerContext through(Source other) {
    return new ControllerContext(other, informers, clock, new Random(2), loops);
  }

  /** A recorder of events, to be closed by who asked for it. */
  public EventRecorder events() {
    return new EventRecorder(api, clock, new Random(3), loops, "test", "");
  }

  public static PodTemplateSpec template(String app) {
    Pod pod = pod("", app);
    return PodTemplateSpec.EMPTY.withMetadata(pod.metadata()).withSpec(pod.spec());
  }

  public static ReplicaSet replicaSet(String name, int replicas, String app) {
    return ReplicaSet.builder()
        .metadata(meta("ns", name))
        .spec(
            ReplicaSetSpec.builder()
                .replicas(replicas)
                .selector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", app)))
                .template(template(app))
                .build())
        .build();
  }

  public static Pod pod(String name, String app) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder().namespace("ns").name(name).labels(Map.of("app", app)).build())
        .spec(
            PodSpec.EMPTY.withContainers(
                List.of(Container.EMPTY.withName("main").withImage("image"))))
        .build();
  }

  /** The pod on node {@code n1}. */
  public static Pod running(Pod pod, String ip, boolean ready) {
    return pod.toBuilder()
        .spec(pod.spec().withNodeName("n1"))
        .status(
            PodStatus.builder()
                .phase("Running")
                .podIP(ip)
                .podIPs(List.of(new PodIP(ip)))
                .conditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status(ready ? "True" : "False")
                            .build()))
                .build())
        .build();
  }

  public static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.builder().namespace(namespace).name(name).build();
  }

  @Override
  public void close() {
    closer.close();
  }
}
