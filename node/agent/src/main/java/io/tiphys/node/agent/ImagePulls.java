package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LocalObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.base.Clock;
import io.tiphys.client.Source;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.ImageSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a container's image is here, by its pull policy; checked against
 * pkg/kubelet/images/image_manager.go.
 */
final class ImagePulls {
  private final ImageService images;
  private final Source source;
  private final Clock clock;

  ImagePulls(ImageService images, Source source, Clock clock) {
    this.images = images;
    this.source = source;
    this.clock = clock;
  }

  /** What came of it. */
  sealed interface Outcome {
    record Here(Image image) implements Outcome {}

    record Missing(WaitingReason trouble) implements Outcome {}
  }

  /**
   * In whose course an image is looked for.
   *
   * @param errands where a pull is waited for
   * @param beforePull is run before something that may take long
   */
  record Course(
      Backoffs backoffs, BackgroundTasks errands, PodEvents events, Runnable beforePull) {}

  Outcome ensure(Pod pod, Container container, Course course) throws InterruptedException {
    PodEvents events = course.events;
    String name = container.image();
    Optional<Image> present;
    try {
      present = images.imageStatus(ImageSpec.of(name));
    } catch (CriException e) {
      String why = "Failed to apply default image tag \"%s\": %s".formatted(name, e.getMessage());
      events.warning(pod, container, "InspectFailed", why);
      events.warning(pod, container, "Failed", "Error: InvalidImageName");
      return new Outcome.Missing(new WaitingReason("InvalidImageName", why));
    }
    String policy = container.imagePullPolicy();
    if (present.isPresent() && !policy.equals("Always")) {
      events.normal(
          pod,
          container,
          "Pulled",
          "Container image \"%s\" already present on machine".formatted(name)
              + " and can be accessed by the pod");
      return new Outcome.Here(present.get());
    }
    if (policy.equals("Never")) {
      String why =
          "Container image \"%s\" is not present with pull policy of Never".formatted(name);
      events.warning(pod, container, "ErrImageNeverPull", why);
      events.warning(pod, container, "Failed", "Error: ErrImageNeverPull");
      return new Outcome.Missing(new WaitingReason("ErrImageNeverPull", why));
    }
    return pull(pod, container, course);
  }

  static String key(Container container) {
    return "image " + container.image();
  }

  private Outcome pull(Pod pod, Container container, Course course) throws InterruptedException {
    PodEvents events = course.events;
    Backoffs backoffs = course.backoffs;
    String name = container.image();
    String key = key(container);
    if (!backoffs.left(key).isZero()) {
      String why = "Back-off pulling image \"%s\"".formatted(name);
      events.normal(pod, container, "BackOff", why);
      events.warning(pod, container, "Failed", "Error: ImagePullBackOff");
      return new Outcome.Missing(
          new WaitingReason("ImagePullBackOff", why + ": " + backoffs.lastError(key)));
    }
    events.normal(pod, container, "Pulling", "Pulling image \"%s\"".formatted(name));
    course.beforePull.run();
    long begun = clock.nanoTime();
    try {
      List<AuthConfig> credentials = credentials(pod, container, events);
      Optional<Image> pulled = course.errands.attend(() -> pull(name, credentials));
      if (pulled.isEmpty()) {
        return new Outcome.Missing(WaitingReason.CREATING);
      }
      Duration took = Duration.ofNanos(clock.nanoTime() - begun);
      events.normal(
          pod,
          container,
          "Pulled",
          "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
              .formatted(name, seconds(took), seconds(took), pulled.get().size()));
      backoffs.forget(key);
      return new Outcome.Here(pulled.get());
    } catch (CriException e) {
      String why = "failed to pull image \"%s\": %s".formatted(name, e.getMessage());
      events.warning(
          pod, container, "Failed", "Failed to pull image \"%s\": %s".formatted(name, why));
      events.warning(pod, container, "Failed", "Error: ErrImagePull");
      backoffs.failed(key, "ErrImagePull: " + why);
      return new Outcome.Missing(new WaitingReason("ErrImagePull", why));
    }
  }

  private static String seconds(Duration took) {
    return took.toMillis() < 1000
        ? took.toMillis() + "ms"
        : String.format(Locale.ROOT, "%.3fs", took.toMillis() / 1000.0);
  }

  /** With each of the credentials, and last without any. */
  private Image pull(String name, List<AuthConfig> credentials) {
    List<@Nullable AuthConfig> tries = new ArrayList<>(credentials);
    tries.add(null);
    CriException failure = null;
    for (AuthConfig auth : tries) {
      try {
        String id = images.pullImage(ImageSpec.of(name), auth);
        return images
            .imageStatus(ImageSpec.of(id))
            .orElseThrow(() -> CriException.notFound("image \"%s\" is gone".formatted(id)));
      } catch (CriException e) {
        failure = failure == null ? e : failure;
      }
    }
    throw failure == null ? CriException.notFound(name) : failure;
  }

  private List<AuthConfig> credentials(Pod pod, Container container, PodEvents events) {
    List<AuthConfig> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (LocalObjectReference reference : pod.spec().imagePullSecrets()) {
      try {
        Secret secret = source.get(CoreV1.SECRETS, pod.namespace(), reference.name());
        found.addAll(PullSecrets.credentials(secret, container.image()));
      } catch (ApiFailure e) {
        missing.add(reference.name());
      }
    }
    if (!missing.isEmpty()) {
      events.warning(
          pod,
          "FailedToRetrieveImagePullSecret",
          "Unable to retrieve some image pull secrets (%s); attempting to pull the image may not"
                  .formatted(String.join(", ", missing))
              + " succeed.");
    }
    return found;
  }
}
