package io.tiphys.node.agent.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.authentication.v1.BoundObjectReference;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.authentication.v1.TokenRequestSpec;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.base.Clock;
import io.tiphys.client.Source;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.containers.ConfigProblem;
import io.tiphys.node.agent.containers.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Volumes whose files come from the API: config maps, secrets, the downward API, tokens. */
final class Projections {
  /** As upstream: a token is renewed when four fifths of its life are over. */
  private static final double RENEWED_AT = 0.8;

  private static final int DEFAULT_MODE = 0644;
  private static final int TOKEN_MODE = 0600;

  private final Source source;
  private final Map<String, Quantity> allocatable;
  private final Clock clock;
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();

  private record Token(String text, long renewAt) {}

  Projections(Source source, Map<String, Quantity> allocatable, Clock clock) {
    this.source = source;
    this.allocatable = Map.copyOf(allocatable);
    this.clock = clock;
  }

  static boolean has(Volume volume) {
    return volume.configMap() != null
        || volume.secret() != null
        || volume.projected() != null
        || volume.downwardAPI() != null;
  }

  /** Drops the tokens of a pod that is gone. */
  void forget(String podUid) {
    tokens.keySet().removeIf(key -> key.startsWith(podUid + " "));
  }

  void fill(Pod pod, Volume volume, Path folder) throws IOException, VolumeProblem {
    Map<String, AtomicFolder.Entry> files = new LinkedHashMap<>();
    try {
      if (volume.configMap() != null) {
        var from = volume.configMap();
        configMap(pod, files, from.name(), from.items(), mode(from.defaultMode()), from.optional());
      } else if (volume.secret() != null) {
        var from = volume.secret();
        secret(
            pod, files, from.secretName(), from.items(), mode(from.defaultMode()), from.optional());
      } else if (volume.downwardAPI() != null) {
        downward(
            pod, files, volume.downwardAPI().items(), mode(volume.downwardAPI().defaultMode()));
      } else if (volume.projected() != null) {
        int mode = mode(volume.projected().defaultMode());
        for (VolumeProjection projection : volume.projected().sources()) {
          project(pod, files, projection, mode);
        }
      }
    } catch (ApiFailure e) {
      throw VolumeProblem.setUp(volume.name(), e.status().message());
    } catch (ConfigProblem | VolumeProblem e) {
      throw VolumeProblem.setUp(volume.name(), String.valueOf(e.getMessage()));
    }
    new AtomicFolder(folder).write(files);
  }

  private void project(
      Pod pod, Map<String, AtomicFolder.Entry> files, VolumeProjection from, int mode)
      throws VolumeProblem, ConfigProblem {
    if (from.configMap() != null) {
      configMap(
          pod,
          files,
          from.configMap().name(),
          from.configMap().items(),
          mode,
          from.configMap().optional());
    }
    if (from.secret() != null) {
      secret(
          pod, files, from.secret().name(), from.secret().items(), mode, from.secret().optional());
    }
    if (from.downwardAPI() != null) {
      downward(pod, files, from.downwardAPI().items(), mode);
    }
    if (from.serviceAccountToken() != null) {
      byte[] token = token(pod, from.serviceAccountToken()).getBytes(StandardCharsets.US_ASCII);
      boolean owned =
          pod.spec().securityContext() != null
              && (pod.spec().securityContext().runAsUser() != null
                  || pod.spec().securityContext().fsGroup() != null);
      files.put(
          from.serviceAccountToken().path(),
          new AtomicFolder.Entry(token, owned ? DEFAULT_MODE : TOKEN_MODE | 0044));
    }
  }

  private void configMap(
      Pod pod,
      Map<String, AtomicFolder.Entry> files,
      String name,
      List<KeyToPath> items,
      int mode,
      @Nullable Boolean optional)
      throws VolumeProblem {
    ConfigMap map;
    try {
      map = source.get(CoreV1.CONFIGMAPS, pod.namespace(), name);
    } catch (ApiFailure e) {
      tolerate(e, "configmap", name, optional);
      return;
    }
    Map<String, byte[]> content = new LinkedHashMap<>();
    map.data().forEach((key, text) -> content.put(key, text.getBytes(StandardCharsets.UTF_8)));
    map.binaryData().forEach((key, bytes) -> content.put(key, bytes.toByteArray()));
    pick(files, content, new Choice("configmap", items, mode, optional));
  }

  /** What is optional may be missing; the kubelet names kinds in the singular. */
  private static void tolerate(
      ApiFailure failure, String kind, String name, @Nullable Boolean optional)
      throws VolumeProblem {
    if (!failure.isNotFound()) {
      throw failure;
    }
    if (!Boolean.TRUE.equals(optional)) {
      throw new VolumeProblem("%s \"%s\" not found".formatted(kind, name));
    }
  }

  private void secret(
      Pod pod,
      Map<String, AtomicFolder.Entry> files,
      String name,
      List<KeyToPath> items,
      int mode,
      @Nullable Boolean optional)
      throws VolumeProblem {
    Secret secret;
    try {
      secret = source.get(CoreV1.SECRETS, pod.namespace(), name);
    } catch (ApiFailure e) {
      tolerate(e, "secret", name, optional);
      return;
    }
    Map<String, byte[]> content = new LinkedHashMap<>();
    secret.data().forEach((key, bytes) -> content.put(key, bytes.toByteArray()));
    pick(files, content, new Choice("secret", items, mode, optional));
  }

  /** Which keys become files, and how; all of them if none is named. */
  private record Choice(String kind, List<KeyToPath> items, int mode, @Nullable Boolean optional) {}

  private static void pick(
      Map<String, AtomicFolder.Entry> files, Map<String, byte[]> content, Choice choice)
      throws VolumeProblem {
    if (choice.items.isEmpty()) {
      content.forEach((key, bytes) -> files.put(key, new AtomicFolder.Entry(bytes, choice.mode)));
      return;
    }
    for (KeyToPath item : choice.items) {
      byte[] bytes = content.get(item.key());
      if (bytes != null) {
        int own = item.mode() == null ? choice.mode : item.mode();
        files.put(item.path(), new AtomicFolder.Entry(bytes, own));
      } else if (!Boolean.TRUE.equals(choice.optional)) {
        String what = choice.kind.equals("configmap") ? "config" : "secret";
        throw new VolumeProblem(
            "%s references non-existent %s key: %s".formatted(choice.kind, what, item.key()));
      }
    }
  }

  private void downward(
      Pod pod, Map<String, AtomicFolder.Entry> files, List<DownwardAPIVolumeFile> items, int mode)
      throws ConfigProblem {
    Fields fields = new Fields(pod.status().podIP(), pod.status().hostIP(), allocatable);
    for (DownwardAPIVolumeFile item : items) {
      String text = "";
      if (item.fieldRef() != null) {
        text = fields.value(pod, item.fieldRef().fieldPath());
      } else if (item.resourceFieldRef() != null) {
        text = fields.resource(pod, Container.EMPTY, item.resourceFieldRef());
      }
      int own = item.mode() == null ? mode : item.mode();
      files.put(item.path(), new AtomicFolder.Entry(text.getBytes(StandardCharsets.UTF_8), own));
    }
  }

  private String token(Pod pod, ServiceAccountTokenProjection wanted) {
    String key = pod.metadata().uid() + " " + wanted.audience();
    Token known = tokens.get(key);
    if (known != null && clock.nanoTime() < known.renewAt) {
      return known.text;
    }
    Long seconds = wanted.expirationSeconds();
    TokenRequest request =
        TokenRequest.builder()
            .spec(
                TokenRequestSpec.builder()
                    .audiences(wanted.audience().isEmpty() ? List.of() : List.of(wanted.audience()))
                    .expirationSeconds(seconds)
                    .boundObjectRef(
                        BoundObjectReference.builder()
                            .kind("Pod")
                            .apiVersion("v1")
                            .name(pod.name())
                            .uid(pod.metadata().uid())
                            .build())
                    .build())
            .build();
    String account = pod.spec().serviceAccountName();
    TokenRequest answer =
        source.createSubresource(
            CoreV1.SERVICEACCOUNTS,
            pod.namespace(),
            account.isEmpty() ? "default" : account,
            "token",
            request,
            TokenRequest.TYPE);
    Duration life = Duration.ofSeconds(seconds == null ? 3600 : seconds);
    long renewAt = clock.nanoTime() + (long) (life.toNanos() * RENEWED_AT);
    tokens.put(key, new Token(answer.status().token(), renewAt));
    return answer.status().token();
  }

  private static int mode(@Nullable Integer given) {
    return given == null ? DEFAULT_MODE : given;
  }
}
