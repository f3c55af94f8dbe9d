package io.tiphys.server.admission;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMapProjection;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.DownwardAPIProjection;
import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.base.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives every pod a service account and mounts its token. Checked against
 * plugin/pkg/admission/serviceaccount/admission.go.
 */
final class ServiceAccountAdmission implements AdmissionPlugin {
  private static final String DEFAULT = "default";
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String VOLUME_PREFIX = "kube-api-access-";
  private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final int DEFAULT_MODE = 0644;

  /** An hour and seven seconds, upstream's mark of a token that was not asked for explicitly. */
  private static final long TOKEN_SECONDS = 60 * 60 + 7;

  /** The default account of a new namespace is made by a controller: it may take a moment. */
  private static final int DEFAULT_ACCOUNT_ATTEMPTS = 10;

  private static final Duration RETRY_DELAY = Duration.ofMillis(150);

  private final Directory directory;
  private final Clock clock;
  private final RandomGenerator random;

  ServiceAccountAdmission(Directory directory, Clock clock, RandomGenerator random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) throws InterruptedException {
    if (request.operation() != Operation.CREATE
        || !request.isOn(CoreV1.PODS)
        || !(request.object() instanceof Pod pod)
        || pod.metadata().annotations().containsKey(MIRROR)) {
      return request.object();
    }
    PodSpec spec = pod.spec();
    if (spec.serviceAccountName().isEmpty()) {
      spec = spec.toBuilder().serviceAccountName(DEFAULT).serviceAccount(DEFAULT).build();
    }
    ServiceAccount account = account(request, spec.serviceAccountName());
    if (automounts(account, spec)) {
      spec = withToken(spec, VOLUME_PREFIX + NameSuffix.next(random));
    }
    if (spec.imagePullSecrets().isEmpty()) {
      spec = spec.withImagePullSecrets(account.imagePullSecrets());
    }
    return pod.withSpec(spec);
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() != Operation.CREATE
        || !request.isOn(CoreV1.PODS)
        || !(request.object() instanceof Pod pod)) {
      return;
    }
    boolean mirror = pod.metadata().annotations().containsKey(MIRROR);
    String account = pod.spec().serviceAccountName();
    if (mirror && !account.isEmpty()) {
      throw Denials.forbidden(request, "a mirror pod may not reference service accounts");
    }
    if (!mirror && account.isEmpty()) {
      throw Denials.forbidden(
          request,
          "no service account specified for pod " + request.namespace() + "/" + pod.name());
    }
  }

  private ServiceAccount account(AdmissionRequest request, String name)
      throws InterruptedException {
    int attempts = name.equals(DEFAULT) ? DEFAULT_ACCOUNT_ATTEMPTS : 1;
    for (int attempt = 1; ; attempt++) {
      ServiceAccount found = directory.get(CoreV1.SERVICEACCOUNTS, request.namespace(), name);
      if (found != null) {
        return found;
      }
      if (attempt == attempts) {
        throw Denials.forbidden(
            request,
            "error looking up service account "
                + request.namespace()
                + "/"
                + name
                + ": serviceaccount \""
                + name
                + "\" not found");
      }
      clock.sleep(RETRY_DELAY);
    }
  }

  private static boolean automounts(ServiceAccount account, PodSpec spec) {
    if (spec.automountServiceAccountToken() != null) {
      return spec.automountServiceAccountToken();
    }
    return account.automountServiceAccountToken() == null || account.automountServiceAccountToken();
  }

  /**
   * The spec with the token mounted in every container that mounts nothing else there.
   *
   * @param newName the volume's name unless there is one already
   */
  static PodSpec withToken(PodSpec spec, String newName) {
    String present = null;
    for (Volume volume : spec.volumes()) {
      if (volume.name().startsWith(VOLUME_PREFIX)) {
        present = volume.name();
        break;
      }
    }
    VolumeMount mount =
        VolumeMount.builder()
            .name(present == null ? newName : present)
            .readOnly(true)
            .mountPath(MOUNT_PATH)
            .build();
    List<Container> init = mounted(spec.initContainers(), mount);
    List<Container> containers = mounted(spec.containers(), mount);
    boolean used = !init.equals(spec.initContainers()) || !containers.equals(spec.containers());
    List<Volume> volumes = new ArrayList<>(spec.volumes());
    if (present == null && used) {
      volumes.add(Volume.builder().name(newName).projected(tokenSource()).build());
    }
    return spec.toBuilder().initContainers(init).containers(containers).volumes(volumes).build();
  }

  private static List<Container> mounted(List<Container> containers, VolumeMount mount) {
    List<Container> result = new ArrayList<>(containers.size());
    for (Container container : containers) {
      boolean taken =
          container.volumeMounts().stream().anyMatch(m -> m.mountPath().equals(MOUNT_PATH));
      if (taken) {
        result.add(container);
      } else {
        List<VolumeMount> mounts = new ArrayList<>(container.volumeMounts());
        mounts.add(mount);
        result.add(container.withVolumeMounts(mounts));
      }
    }
    return result;
  }

  private static ProjectedVolumeSource tokenSource() {
    VolumeProjection token =
        VolumeProjection.builder()
            .serviceAccountToken(
                ServiceAccountTokenProjection.builder()
                    .path("token")
                    .expirationSeconds(TOKEN_SECONDS)
                    .build())
            .build();
    VolumeProjection root =
        VolumeProjection.builder()
            .configMap(
                ConfigMapProjection.builder()
                    .name("kube-root-ca.crt")
                    .items(List.of(KeyToPath.builder().key("ca.crt").path("ca.crt").build()))
                    .build())
            .build();
    VolumeProjection namespace =
        VolumeProjection.builder()
            .downwardAPI(
                DownwardAPIProjection.builder()
                    .items(
                        List.of(
                            DownwardAPIVolumeFile.builder()
                                .path("namespace")
                                .fieldRef(
                                    ObjectFieldSelector.builder()
                                        .apiVersion("v1")
                                        .fieldPath("metadata.namespace")
                                        .build())
                                .build()))
                    .build())
            .build();
    return ProjectedVolumeSource.builder()
        .defaultMode(DEFAULT_MODE)
        .sources(List.of(token, root, namespace))
        .build();
  }
}
