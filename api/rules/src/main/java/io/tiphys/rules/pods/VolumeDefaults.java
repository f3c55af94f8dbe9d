package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.ConfigMapVolumeSource;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.DownwardAPIVolumeSource;
import io.tiphys.api.core.v1.EmptyDirVolumeSource;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.SecretVolumeSource;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;

/** Defaults of volumes, and of the references to fields that they share with env. */
final class VolumeDefaults {
  /** rw-r--r-- */
  private static final int MODE = 0644;

  private static final long TOKEN_SECONDS = 3600;

  private VolumeDefaults() {}

  static Volume of(Volume volume) {
    if (volume.configMap() != null) {
      ConfigMapVolumeSource source = volume.configMap();
      return source.defaultMode() == null
          ? volume.withConfigMap(source.withDefaultMode(MODE))
          : volume;
    }
    if (volume.secret() != null) {
      SecretVolumeSource source = volume.secret();
      return source.defaultMode() == null
          ? volume.withSecret(source.withDefaultMode(MODE))
          : volume;
    }
    if (volume.projected() != null) {
      return volume.withProjected(of(volume.projected()));
    }
    if (volume.downwardAPI() != null) {
      return volume.withDownwardAPI(of(volume.downwardAPI()));
    }
    if (volume.hostPath() != null) {
      return volume.hostPath().type() == null
          ? volume.withHostPath(volume.hostPath().withType(""))
          : volume;
    }
    if (volume.ephemeral() != null && volume.ephemeral().volumeClaimTemplate() != null) {
      var template = volume.ephemeral().volumeClaimTemplate();
      return template.spec().volumeMode() == null
          ? volume.withEphemeral(
              volume
                  .ephemeral()
                  .withVolumeClaimTemplate(
                      template.withSpec(template.spec().withVolumeMode("Filesystem"))))
          : volume;
    }
    if (volume.image() != null && volume.image().pullPolicy().isEmpty()) {
      String policy = PodDefaults.pullPolicy(volume.image().reference());
      return volume.withImage(volume.image().withPullPolicy(policy));
    }
    return volume.equals(Volume.EMPTY.withName(volume.name()))
        ? volume.withEmptyDir(EmptyDirVolumeSource.EMPTY)
        : volume;
  }

  static EnvVar of(EnvVar env) {
    if (env.valueFrom() == null || env.valueFrom().fieldRef() == null) {
      return env;
    }
    return env.withValueFrom(env.valueFrom().withFieldRef(of(env.valueFrom().fieldRef())));
  }

  private static ProjectedVolumeSource of(ProjectedVolumeSource source) {
    return source.toBuilder()
        .defaultMode(source.defaultMode() == null ? Integer.valueOf(MODE) : source.defaultMode())
        .sources(PodDefaults.each(source.sources(), VolumeDefaults::of))
        .build();
  }

  private static VolumeProjection of(VolumeProjection projection) {
    ServiceAccountTokenProjection token = projection.serviceAccountToken();
    if (token != null && token.expirationSeconds() == null) {
      return projection.withServiceAccountToken(token.withExpirationSeconds(TOKEN_SECONDS));
    }
    if (projection.downwardAPI() != null) {
      return projection.withDownwardAPI(
          projection
              .downwardAPI()
              .withItems(PodDefaults.each(projection.downwardAPI().items(), VolumeDefaults::of)));
    }
    return projection;
  }

  private static DownwardAPIVolumeSource of(DownwardAPIVolumeSource source) {
    return source.toBuilder()
        .defaultMode(source.defaultMode() == null ? Integer.valueOf(MODE) : source.defaultMode())
        .items(PodDefaults.each(source.items(), VolumeDefaults::of))
        .build();
  }

  private static DownwardAPIVolumeFile of(DownwardAPIVolumeFile file) {
    return file.fieldRef() == null ? file : file.withFieldRef(of(file.fieldRef()));
  }

  private static ObjectFieldSelector of(ObjectFieldSelector field) {
    return field.apiVersion().isEmpty() ? field.withApiVersion("v1") : field;
  }
}
