package io.tiphys.node.agent.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.Source;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.containers.ConfigProblem;
import io.tiphys.node.agent.containers.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Volumes whose files come from the API: config maps, secrets, the downward API, tokens. */
final class Projections {
  private static final int DEFAULT_MODE = 0644;
  private static final int OWNED_TOKEN_MODE = 0600;

  private final Source source;
  private final Disk disk;
  private final Map<String, Quantity> allocatable;
  private final PodTokens tokens;

  Projections(Source source, Map<String, Quantity> allocatable, Disk disk, Clock clock) {
    this.source = source;
    this.disk = disk;
    this.allocatable = Map.copyOf(allocatable);
    tokens = new PodTokens(source, clock);
  }

  static boolean has(Volume volume) {
    return volume.configMap() != null
        || volume.secret() != null
        || volume.projected() != null
        || volume.downwardAPI() != null;
  }

  /** Drops the tokens of a pod that is gone. */
  void forget(String podUid) {
    tokens.forget(podUid);
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
    new AtomicFolder(disk, folder).write(files);
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
      byte[] token =
          tokens.token(pod, from.serviceAccountToken()).getBytes(StandardCharsets.US_ASCII);
      Integer owner = Ownership.commonUser(pod);
      // With a group, what gives volumes to it makes 0640 of it.
      boolean owned = owner != null || Ownership.group(pod) != null;
      files.put(
          from.serviceAccountToken().path(),
          new AtomicFolder.Entry(token, owned ? OWNED_TOKEN_MODE : mode, owner));
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
    Choice choice = new Choice("configmap", items, mode, optional);
    pick(
        files,
        () -> {
          ConfigMap map = source.get(CoreV1.CONFIGMAPS, pod.namespace(), name);
          Map<String, byte[]> content = new LinkedHashMap<>();
          map.data().forEach((k, text) -> content.put(k, text.getBytes(StandardCharsets.UTF_8)));
          map.binaryData().forEach((k, bytes) -> content.put(k, bytes.toByteArray()));
          return content;
        },
        name,
        choice);
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
    Choice choice = new Choice("secret", items, mode, optional);
    pick(
        files,
        () -> {
          Secret secret = source.get(CoreV1.SECRETS, pod.namespace(), name);
          Map<String, byte[]> content = new LinkedHashMap<>();
          secret.data().forEach((k, bytes) -> content.put(k, bytes.toByteArray()));
          return content;
        },
        name,
        choice);
  }

  /** Which keys become files, and how; all of them if none is named. */
  private record Choice(String kind, List<KeyToPath> items, int mode, @Nullable Boolean optional) {}

  private static void pick(
      Map<String, AtomicFolder.Entry> files,
      Supplier<Map<String, byte[]>> object,
      String name,
      Choice choice)
      throws VolumeProblem {
    Map<String, byte[]> content;
    try {
      content = object.get();
    } catch (ApiFailure e) {
      tolerate(e, choice.kind, name, choice.optional);
      return;
    }
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

  private static int mode(@Nullable Integer given) {
    return given == null ? DEFAULT_MODE : given;
  }
}
