package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's volumes; checked against ValidateVolumes and what it calls. */
public final class VolumeValidation {
  private static final List<String> HOST_PATH_TYPES =
      List.of(
          "",
          "BlockDevice",
          "CharDevice",
          "Directory",
          "DirectoryOrCreate",
          "File",
          "FileOrCreate",
          "Socket");

  private static final List<String> FIELDS =
      List.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid");

  private static final int MAX_MODE = 0777;
  private static final long MIN_TOKEN_SECONDS = 600;
  private static final long MAX_TOKEN_SECONDS = 1L << 32;

  private final Checks checks;
  private final EnvValidation env;

  VolumeValidation(Checks checks) {
    this.checks = checks;
    env = new EnvValidation(checks);
  }

  /** The names of the volumes that can be mounted. */
  Set<String> names(List<Volume> volumes, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      int before = checks.errors().size();
      source(volume, path.index(i));
      FieldPath at = path.index(i).child("name");
      if (volume.name().isEmpty()) {
        checks.required(at);
      } else {
        checks.each(at, volume.name(), Names.dns1123Label(volume.name()));
      }
      if (names.contains(volume.name())) {
        checks.add(FieldError.duplicate(at, volume.name()));
      }
      if (checks.errors().size() == before) {
        names.add(volume.name()); // as upstream, a bad volume cannot be mounted either
      }
    }
    return names;
  }

  private void source(Volume volume, FieldPath path) {
    List<String> sources = sources(volume);
    for (String surplus : sources.subList(Math.min(1, sources.size()), sources.size())) {
      checks.forbidden(path.child(surplus), "may not specify more than 1 volume type");
    }
    if (sources.isEmpty()) {
      checks.required(path, "must specify a volume type");
      return;
    }
    switch (sources.getFirst()) {
      case "persistentVolumeClaim" -> {
        if (volume.persistentVolumeClaim() != null
            && volume.persistentVolumeClaim().claimName().isEmpty()) {
          checks.required(path.child("persistentVolumeClaim", "claimName"));
        }
      }
      case "hostPath" -> {
        if (volume.hostPath() != null) {
          hostPath(volume.hostPath().path(), volume.hostPath().type(), path.child("hostPath"));
        }
      }
      case "emptyDir" -> emptyDir(volume, path.child("emptyDir"));
      case "ephemeral" -> {
        if (volume.ephemeral() != null && volume.ephemeral().volumeClaimTemplate() == null) {
          checks.required(path.child("ephemeral", "volumeClaimTemplate"));
        }
      }
      default -> files(volume, path);
    }
  }

  private void files(Volume volume, FieldPath path) {
    if (volume.secret() != null) {
      FieldPath at = path.child("secret");
      if (volume.secret().secretName().isEmpty()) {
        checks.required(at.child("secretName"));
      }
      mode(volume.secret().defaultMode(), at.child("defaultMode"));
      items(volume.secret().items(), at.child("items"));
    } else if (volume.configMap() != null) {
      FieldPath at = path.child("configMap");
      if (volume.configMap().name().isEmpty()) {
        checks.required(at.child("name"));
      }
      mode(volume.configMap().defaultMode(), at.child("defaultMode"));
      items(volume.configMap().items(), at.child("items"));
    } else if (volume.downwardAPI() != null) {
      mode(volume.downwardAPI().defaultMode(), path.child("downwardAPI", "defaultMode"));
      for (DownwardAPIVolumeFile file : volume.downwardAPI().items()) {
        file(file, path.child("downwardAPI"));
      }
    } else if (volume.projected() != null) {
      projected(volume.projected(), path.child("projected"));
    }
  }

  /** The fields that name a source, the one that counts first. */
  private static List<String> sources(Volume volume) {
    TreeWriter tree = new TreeWriter();
    volume.write(tree);
    List<String> sources = new ArrayList<>(((Json.Obj) tree.tree()).members().keySet());
    sources.remove("name");
    if (sources.remove("emptyDir")) {
      sources.addFirst("emptyDir"); // upstream looks at it first and never blames it
    }
    return sources;
  }

  private void emptyDir(Volume volume, FieldPath path) {
    boolean negative =
        volume.emptyDir() != null
            && volume.emptyDir().sizeLimit() != null
            && volume.emptyDir().sizeLimit().signum() < 0;
    if (negative) {
      checks.forbidden(
          path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
  }

  private void hostPath(String host, @Nullable String type, FieldPath path) {
    hostPath(checks, host, type, path);
  }

  /** A place on the node, as pods and persistent volumes name it. */
  public static void hostPath(Checks checks, String host, @Nullable String type, FieldPath path) {
    if (host.isEmpty()) {
      checks.required(path.child("path"));
      return;
    }
    noBacksteps(checks, host, path.child("path"));
    checks.supported(path.child("type"), type, HOST_PATH_TYPES);
  }

  private void projected(ProjectedVolumeSource projected, FieldPath path) {
    mode(projected.defaultMode(), path.child("defaultMode"));
    Set<String> places = new HashSet<>();
    for (int i = 0; i < projected.sources().size(); i++) {
      VolumeProjection source = projected.sources().get(i);
      FieldPath at = path.child("sources").index(i);
      if (source.secret() != null) {
        String name = source.secret().name();
        part(name, source.secret().items(), at.child("secret"));
        places(name, source.secret().items(), places, path);
      }
      if (source.configMap() != null) {
        String name = source.configMap().name();
        part(name, source.configMap().items(), at.child("configMap"));
        places(name, source.configMap().items(), places, path);
      }
      if (source.downwardAPI() != null) {
        for (DownwardAPIVolumeFile file : source.downwardAPI().items()) {
          file(file, at.child("downwardAPI"));
          place(file.path(), file.path(), places, path);
        }
      }
      if (source.serviceAccountToken() != null) {
        token(source.serviceAccountToken(), at.child("serviceAccountToken"), path);
      }
      long kinds =
          Stream.of(
                  source.secret(),
                  source.configMap(),
                  source.downwardAPI(),
                  source.serviceAccountToken(),
                  source.clusterTrustBundle(),
                  source.podCertificate())
              .filter(Objects::nonNull)
              .count();
      if (kinds > 1) {
        checks.forbidden(at, "may not specify more than 1 volume type per source");
      }
    }
  }

  private void part(String name, List<KeyToPath> items, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path.child("name"));
    }
    items(items, path.child("items"));
  }

  private void places(String name, List<KeyToPath> items, Set<String> places, FieldPath path) {
    items.forEach(item -> place(item.path(), name, places, path));
  }

  private void place(String place, String shown, Set<String> places, FieldPath path) {
    if (!place.isEmpty() && !places.add(place)) {
      checks.invalid(path, shown, "conflicting duplicate paths");
    }
  }

  private void token(ServiceAccountTokenProjection token, FieldPath path, FieldPath volume) {
    long seconds = token.expirationSeconds() == null ? 0 : token.expirationSeconds();
    if (seconds < MIN_TOKEN_SECONDS) {
      checks.invalid(
          path.child("expirationSeconds"),
          seconds,
          "may not specify a duration less than 10 minutes");
    }
    if (seconds > MAX_TOKEN_SECONDS) {
      checks.invalid(
          path.child("expirationSeconds"),
          seconds,
          "may not specify a duration larger than 2^32 seconds");
    }
    if (token.path().isEmpty()) {
      checks.required(volume.child("path"));
    } else {
      ownPath(token.path(), volume.child("path"));
    }
  }

  private void items(List<KeyToPath> items, FieldPath path) {
    for (int i = 0; i < items.size(); i++) {
      KeyToPath item = items.get(i);
      FieldPath at = path.index(i);
      if (item.key().isEmpty()) {
        checks.required(at.child("key"));
      }
      if (item.path().isEmpty()) {
        checks.required(at.child("path"));
      }
      ownPath(item.path(), at.child("path"));
      mode(item.mode(), at.child("mode"));
    }
  }

  private void file(DownwardAPIVolumeFile file, FieldPath path) {
    if (file.path().isEmpty()) {
      checks.required(path.child("path"));
    }
    ownPath(file.path(), path.child("path"));
    if (file.fieldRef() != null) {
      env.field(file.fieldRef(), FIELDS, path.child("fieldRef"));
      if (file.resourceFieldRef() != null) {
        checks.invalid(
            path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
      }
    } else if (file.resourceFieldRef() != null) {
      env.amount(file.resourceFieldRef(), true, path.child("resourceFieldRef"));
    } else {
      checks.required(path, "one of fieldRef and resourceFieldRef is required");
    }
    mode(file.mode(), path.child("mode"));
  }

  private void mode(@Nullable Integer mode, FieldPath path) {
    if (mode != null && (mode < 0 || mode > MAX_MODE)) {
      checks.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }

  /** A path inside the volume that the agent's own links do not take. */
  private void ownPath(String path, FieldPath at) {
    inside(checks, path, at);
    if (path.startsWith("..") && !path.startsWith("../")) {
      checks.invalid(at, path, "must not start with '..'");
    }
  }

  /** A path that stays below where it begins. */
  static void inside(Checks checks, String path, FieldPath at) {
    if (path.startsWith("/")) {
      checks.invalid(at, path, "must be a relative path");
    }
    noBacksteps(checks, path, at);
  }

  private static void noBacksteps(Checks checks, String path, FieldPath at) {
    if (List.of(path.split("/")).contains("..")) {
      checks.invalid(at, path, "must not contain '..'");
    }
  }
}
