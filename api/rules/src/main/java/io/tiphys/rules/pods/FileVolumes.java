package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.ConfigMapVolumeSource;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.DownwardAPIVolumeSource;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.SecretVolumeSource;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with volumes whose files come from the API; checked against
 * validateSecretVolumeSource, validateProjectionSources and their like.
 */
final class FileVolumes {
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

  FileVolumes(Checks checks) {
    this.checks = checks;
    env = new EnvValidation(checks);
  }

  void secret(SecretVolumeSource secret, FieldPath path) {
    given(secret.secretName(), path.child("secretName"));
    mode(secret.defaultMode(), path.child("defaultMode"));
    items(secret.items(), path.child("items"));
  }

  void configMap(ConfigMapVolumeSource map, FieldPath path) {
    given(map.name(), path.child("name"));
    mode(map.defaultMode(), path.child("defaultMode"));
    items(map.items(), path.child("items"));
  }

  void downward(DownwardAPIVolumeSource source, FieldPath path) {
    mode(source.defaultMode(), path.child("defaultMode"));
    for (DownwardAPIVolumeFile file : source.items()) {
      file(file, path);
    }
  }

  void projected(ProjectedVolumeSource projected, FieldPath path) {
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

  private void given(String value, FieldPath path) {
    if (value.isEmpty()) {
      checks.required(path);
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
    VolumeValidation.inside(checks, path, at);
    if (path.startsWith("..") && !path.startsWith("../")) {
      checks.invalid(at, path, "must not start with '..'");
    }
  }
}
