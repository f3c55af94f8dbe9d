package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.LocalObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.base.Clock;
import io.tiphys.client.Source;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
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
    record Here(String imageId) implements Outcome {}

    record Missing(Trouble trouble) implements Outcome {}
  }

  Outcome ensure(Pod pod, Container container, Backoffs backoffs, PodEvents events) {
    String name = container.image();
    Optional<Image> present;
    try {
      present = images.imageStatus(ImageSpec.of(name));
    } catch (CriException e) {
      String why = "Failed to apply default image tag \"%s\": %s".formatted(name, e.getMessage());
      events.warning(pod, container, "InspectFailed", why);
      return new Outcome.Missing(new Trouble("InvalidImageName", why));
    }
    String policy = container.imagePullPolicy();
    if (present.isPresent() && !policy.equals("Always")) {
      events.normal(
          pod,
          container,
          "Pulled",
          "Container image \"%s\" already present on machine".formatted(name)
              + " and can be accessed by the pod");
      return new Outcome.Here(present.get().id());
    }
    if (policy.equals("Never")) {
      String why =
          "Container image \"%s\" is not present with pull policy of Never".formatted(name);
      events.warning(pod, container, "ErrImageNeverPull", why);
      return new Outcome.Missing(new Trouble("ErrImageNeverPull", why));
    }
    return pull(pod, container, backoffs, events);
  }

  private Outcome pull(Pod pod, Container container, Backoffs backoffs, PodEvents events) {
    String name = container.image();
    String key = "image " + name;
    if (!backoffs.left(key).isZero()) {
      String why = "Back-off pulling image \"%s\"".formatted(name);
      events.normal(pod, container, "BackOff", why);
      events.warning(pod, container, "Failed", "Error: ImagePullBackOff");
      return new Outcome.Missing(
          new Trouble("ImagePullBackOff", why + ": " + backoffs.lastError(key)));
    }
    events.normal(pod, container, "Pulling", "Pulling image \"%s\"".formatted(name));
    long begun = clock.nanoTime();
    try {
      String id = pullWithSecrets(pod, name);
      Duration took = Duration.ofNanos(clock.nanoTime() - begun);
      long size = images.imageStatus(ImageSpec.of(name)).map(Image::size).orElse(0L);
      events.normal(
          pod,
          container,
          "Pulled",
          "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %d bytes."
              .formatted(name, seconds(took), seconds(took), size));
      backoffs.forget(key);
      return new Outcome.Here(id);
    } catch (CriException e) {
      String why = "failed to pull image \"%s\": %s".formatted(name, e.getMessage());
      events.warning(
          pod, container, "Failed", "Failed to pull image \"%s\": %s".formatted(name, why));
      events.warning(pod, container, "Failed", "Error: ErrImagePull");
      backoffs.failed(key, "ErrImagePull: " + why);
      return new Outcome.Missing(new Trouble("ErrImagePull", why));
    }
  }

  private static String seconds(Duration took) {
    return took.toMillis() < 1000
        ? took.toMillis() + "ms"
        : String.format(Locale.ROOT, "%.3fs", took.toMillis() / 1000.0);
  }

  /** With each of the pod's credentials for the registry, and last without any. */
  private String pullWithSecrets(Pod pod, String name) {
    List<@Nullable AuthConfig> tries = new ArrayList<>(credentials(pod, name));
    tries.add(null);
    CriException failure = null;
    for (AuthConfig auth : tries) {
      try {
        return images.pullImage(ImageSpec.of(name), auth);
      } catch (CriException e) {
        failure = failure == null ? e : failure;
      }
    }
    throw failure == null ? CriException.notFound(name) : failure;
  }

  private List<AuthConfig> credentials(Pod pod, String image) {
    List<AuthConfig> found = new ArrayList<>();
    for (LocalObjectReference reference : pod.spec().imagePullSecrets()) {
      try {
        Secret secret = source.get(CoreV1.SECRETS, pod.namespace(), reference.name());
        Bytes config = secret.data().get(".dockerconfigjson");
        if (config != null
            && Json.parse(config.toByteArray()) instanceof Json.Obj root
            && root.get("auths") instanceof Json.Obj registries) {
          registries
              .members()
              .forEach(
                  (registry, entry) -> {
                    if (image.startsWith(host(registry)) && entry instanceof Json.Obj auth) {
                      found.add(auth(auth));
                    }
                  });
        }
      } catch (ApiFailure | CodecException _) {
        // A secret that is not there or makes no sense helps nobody; the pull tells the rest.
      }
    }
    return found;
  }

  private static String host(String registry) {
    return registry.replaceFirst("^https?://", "").replaceFirst("/.*$", "") + "/";
  }

  private static AuthConfig auth(Json.Obj entry) {
    String auth = text(entry, "auth");
    return auth.isEmpty()
        ? AuthConfig.basic(text(entry, "username"), text(entry, "password"))
        : new AuthConfig("", "", auth, "", "", "");
  }

  private static String text(Json.Obj entry, String name) {
    return entry.get(name) instanceof Json.Str(String value) ? value : "";
  }
}
