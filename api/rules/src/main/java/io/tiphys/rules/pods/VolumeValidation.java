package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.CSIVolumeSource;
import io.tiphys.api.core.v1.EmptyDirVolumeSource;
import io.tiphys.api.core.v1.EphemeralVolumeSource;
import io.tiphys.api.core.v1.ISCSIVolumeSource;
import io.tiphys.api.core.v1.ImageVolumeSource;
import io.tiphys.api.core.v1.LocalObjectReference;
import io.tiphys.api.core.v1.PersistentVolumeClaimTemplate;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.ObjectMetaRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private final Checks checks;
  private final boolean isPod;
  private final FileVolumes files;
  private final VolumePlugins plugins;
  private final List<SourceCheck<Volume, ?>> sources;

  /**
   * @param isPod whether the volumes are a pod's, not a template's
   */
  VolumeValidation(Checks checks, boolean isPod) {
    this.checks = checks;
    this.isPod = isPod;
    files = new FileVolumes(checks);
    plugins = new VolumePlugins(checks);
    sources = sources();
  }

  /**
   * The volumes that can be mounted, by their names.
   *
   * @param pod the pod's name, or empty when there is none yet
   */
  Map<String, Volume> byName(List<Volume> volumes, String pod, FieldPath path) {
    Set<String> claims = new HashSet<>();
    volumes.stream()
        .filter(volume -> volume.ephemeral() != null && !pod.isEmpty())
        .forEach(volume -> claims.add(pod + "-" + volume.name()));
    Map<String, Volume> good = new HashMap<>();
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      int before = checks.errors().size();
      source(volume, path.index(i));
      claimName(volume, pod, path.index(i).child("name"));
      FieldPath at = path.index(i).child("name");
      if (volume.name().isEmpty()) {
        checks.required(at);
      } else {
        checks.each(at, volume.name(), Names.dns1123Label(volume.name()));
      }
      if (good.containsKey(volume.name())) {
        checks.add(FieldError.duplicate(at, volume.name()));
      }
      if (checks.errors().size() == before) {
        good.put(volume.name(), volume); // as upstream, a bad volume cannot be mounted either
      }
      PersistentVolumeClaimVolumeSource claim = volume.persistentVolumeClaim();
      if (claim != null && claims.contains(claim.claimName())) {
        checks.invalid(
            path.index(i).child("persistentVolumeClaim", "claimName"),
            claim.claimName(),
            "must not reference a PVC that gets created for an ephemeral volume");
      }
    }
    return good;
  }

  /** The claim of an ephemeral volume has the pod's name before its own. */
  private void claimName(Volume volume, String pod, FieldPath path) {
    String claim = pod + "-" + volume.name();
    if (volume.ephemeral() != null && !pod.isEmpty() && !volume.name().isEmpty()) {
      for (String problem : Names.dns1123Subdomain(claim)) {
        checks.invalid(path, volume.name(), "PVC name " + GoText.quote(claim) + ": " + problem);
      }
    }
  }

  private void source(Volume volume, FieldPath path) {
    SourceCheck.oneOf(sources, volume, checks, path);
    if (volume.iscsi() != null) {
      plugins.iscsiLength(iscsi(volume.iscsi()), volume.name(), path.child("name"), volume.name());
    }
  }

  /** In the order in which upstream looks for them: the first is the one that counts. */
  private List<SourceCheck<Volume, ?>> sources() {
    return List.of(
        SourceCheck.of("emptyDir", Volume::emptyDir, this::emptyDir),
        SourceCheck.of(
            "hostPath",
            Volume::hostPath,
            (host, at) -> hostPath(checks, host.path(), host.type(), at)),
        SourceCheck.of(
            "gitRepo",
            Volume::gitRepo,
            (repo, at) -> {
              plugins.given(repo.repository(), at.child("repository"));
              inside(checks, repo.directory(), at.child("directory"));
            }),
        new SourceCheck<>(
            "persistentDisk",
            "gcePersistentDisk",
            Volume::gcePersistentDisk,
            plugins::gcePersistentDisk),
        SourceCheck.of(
            "awsElasticBlockStore", Volume::awsElasticBlockStore, plugins::awsElasticBlockStore),
        SourceCheck.of("secret", Volume::secret, files::secret),
        SourceCheck.of("nfs", Volume::nfs, plugins::nfs),
        SourceCheck.of("iscsi", Volume::iscsi, this::iscsi),
        SourceCheck.of(
            "glusterfs",
            Volume::glusterfs,
            (fs, at) -> {
              plugins.given(fs.endpoints(), at.child("endpoints"));
              plugins.given(fs.path(), at.child("path"));
            }),
        SourceCheck.of("flocker", Volume::flocker, plugins::flocker),
        SourceCheck.of(
            "persistentVolumeClaim",
            Volume::persistentVolumeClaim,
            (claim, at) -> plugins.given(claim.claimName(), at.child("claimName"))),
        SourceCheck.of(
            "rbd",
            Volume::rbd,
            (rbd, at) -> {
              plugins.given(rbd.monitors(), at.child("monitors"));
              plugins.given(rbd.image(), at.child("image"));
            }),
        SourceCheck.of(
            "cinder",
            Volume::cinder,
            (cinder, at) -> {
              plugins.given(cinder.volumeID(), at.child("volumeID"));
              secretName(cinder.secretRef(), at);
            }),
        new SourceCheck<>(
            "cephfs",
            "cephFS",
            Volume::cephfs,
            (ceph, at) -> plugins.given(ceph.monitors(), at.child("monitors"))),
        SourceCheck.of("quobyte", Volume::quobyte, plugins::quobyte),
        new SourceCheck<>("downwardAPI", "downwarAPI", Volume::downwardAPI, files::downward),
        SourceCheck.of("fc", Volume::fc, plugins::fc),
        SourceCheck.of(
            "flexVolume",
            Volume::flexVolume,
            (flex, at) -> plugins.flexVolume(flex.driver(), flex.options(), at)),
        SourceCheck.of("configMap", Volume::configMap, files::configMap),
        SourceCheck.of(
            "azureFile",
            Volume::azureFile,
            (file, at) -> {
              plugins.given(file.secretName(), at.child("secretName"));
              plugins.given(file.shareName(), at.child("shareName"));
            }),
        SourceCheck.of("vsphereVolume", Volume::vsphereVolume, plugins::vsphere),
        SourceCheck.of("photonPersistentDisk", Volume::photonPersistentDisk, plugins::photon),
        SourceCheck.of("portworxVolume", Volume::portworxVolume, plugins::portworx),
        SourceCheck.of("azureDisk", Volume::azureDisk, plugins::azureDisk),
        SourceCheck.of(
            "storageos",
            Volume::storageos,
            (os, at) -> {
              plugins.storageOs(os.volumeName(), os.volumeNamespace(), at);
              secretName(os.secretRef(), at);
            }),
        SourceCheck.of("projected", Volume::projected, files::projected),
        SourceCheck.of(
            "scaleIO",
            Volume::scaleIO,
            (io, at) -> {
              plugins.given(io.gateway(), at.child("gateway"));
              plugins.given(io.system(), at.child("system"));
              plugins.given(io.volumeName(), at.child("volumeName"));
            }),
        SourceCheck.of("csi", Volume::csi, this::csi),
        SourceCheck.of("ephemeral", Volume::ephemeral, this::ephemeral),
        SourceCheck.of("image", Volume::image, this::image));
  }

  private void secretName(@Nullable LocalObjectReference secret, FieldPath path) {
    if (secret != null) {
      plugins.given(secret.name(), path.child("secretRef", "name"));
    }
  }

  private static VolumePlugins.Iscsi iscsi(ISCSIVolumeSource iscsi) {
    return new VolumePlugins.Iscsi(
        iscsi.targetPortal(),
        iscsi.iqn(),
        iscsi.lun(),
        iscsi.chapAuthDiscovery() || iscsi.chapAuthSession(),
        iscsi.secretRef() != null,
        iscsi.initiatorName(),
        "must be valid format starting with iqn, eui, or naa");
  }

  private void iscsi(ISCSIVolumeSource source, FieldPath path) {
    plugins.given(source.targetPortal(), path.child("targetPortal"));
    plugins.iscsi(iscsi(source), path);
    plugins.initiator(iscsi(source), path);
  }

  private void csi(CSIVolumeSource csi, FieldPath path) {
    plugins.csiDriver(csi.driver(), path.child("driver"));
    LocalObjectReference secret = csi.nodePublishSecretRef();
    if (secret != null && secret.name().isEmpty()) {
      checks.required(path.child("nodePublishSecretRef", "name"));
    } else if (secret != null) {
      checks.each(path.child("name"), secret.name(), Names.dns1123Subdomain(secret.name()));
    }
  }

  private void ephemeral(EphemeralVolumeSource source, FieldPath path) {
    FieldPath at = path.child("volumeClaimTemplate");
    PersistentVolumeClaimTemplate template = source.volumeClaimTemplate();
    if (template == null) {
      checks.required(at);
      return;
    }
    ObjectMeta meta = template.metadata();
    FieldPath metadata = at.child("metadata");
    checks.addAll(
        ObjectMetaRules.validateAnnotations(meta.annotations(), metadata.child("annotations")));
    checks.addAll(ObjectMetaRules.validateLabels(meta.labels(), metadata.child("labels")));
    for (String field : ((Json.Obj) GoValues.tree(meta::write)).members().keySet()) {
      if (!field.equals("annotations") && !field.equals("labels")) {
        checks.forbidden(metadata.child(field.equals("uid") ? "uID" : field), "cannot be set");
      }
    }
    ClaimSpecValidation.check(checks, template.spec(), at.child("spec"));
  }

  private void image(ImageVolumeSource image, FieldPath path) {
    if (isPod) {
      plugins.given(image.reference(), path.child("reference"));
    }
    checks.oneOf(path.child("pullPolicy"), image.pullPolicy(), ContainerValidation.PULL_POLICIES);
  }

  private void emptyDir(EmptyDirVolumeSource source, FieldPath path) {
    if (source.sizeLimit() != null && source.sizeLimit().signum() < 0) {
      checks.forbidden(
          path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
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

  /** A path that stays below where it begins. */
  static void inside(Checks checks, String path, FieldPath at) {
    if (path.startsWith("/")) {
      checks.invalid(at, path, "must be a relative path");
    }
    noBacksteps(checks, path, at);
  }

  /** A place on the node for a local volume. */
  public static void localPath(Checks checks, String path, FieldPath at) {
    if (path.isEmpty()) {
      checks.required(at);
    } else {
      noBacksteps(checks, path, at);
    }
  }

  static void noBacksteps(Checks checks, String path, FieldPath at) {
    if (stepsBack(path)) {
      checks.invalid(at, path, "must not contain '..'");
    }
  }

  static boolean stepsBack(String path) {
    return List.of(path.split("/")).contains("..");
  }
}
