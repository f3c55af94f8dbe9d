package io.tiphys.rules.storage;

import io.tiphys.api.core.v1.CSIPersistentVolumeSource;
import io.tiphys.api.core.v1.GlusterfsPersistentVolumeSource;
import io.tiphys.api.core.v1.ISCSIPersistentVolumeSource;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.SecretReference;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.pods.SourceCheck;
import io.tiphys.rules.pods.VolumePlugins;
import io.tiphys.rules.pods.VolumeValidation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sources of persistent volumes; checked against ValidatePersistentVolumeSpec. */
final class PersistentSources {
  private final Checks checks;
  private final VolumePlugins plugins;
  private final String volume;

  /**
   * @param volume the name of the volume
   */
  PersistentSources(Checks checks, String volume) {
    this.checks = checks;
    this.volume = volume;
    plugins = new VolumePlugins(checks);
  }

  void check(PersistentVolumeSpec spec, FieldPath path) {
    SourceCheck.oneOf(inOrder(spec, path), spec, checks, path);
  }

  /** In the order in which upstream looks for them: the first is the one that counts. */
  private List<SourceCheck<PersistentVolumeSpec, ?>> inOrder(
      PersistentVolumeSpec spec, FieldPath path) {
    return List.of(
        SourceCheck.of(
            "hostPath",
            PersistentVolumeSpec::hostPath,
            (host, at) -> VolumeValidation.hostPath(checks, host.path(), host.type(), at)),
        new SourceCheck<>(
            "persistentDisk",
            "gcePersistentDisk",
            PersistentVolumeSpec::gcePersistentDisk,
            plugins::gcePersistentDisk),
        SourceCheck.of(
            "awsElasticBlockStore",
            PersistentVolumeSpec::awsElasticBlockStore,
            plugins::awsElasticBlockStore),
        SourceCheck.of("glusterfs", PersistentVolumeSpec::glusterfs, this::glusterfs),
        SourceCheck.of("flocker", PersistentVolumeSpec::flocker, plugins::flocker),
        SourceCheck.of("nfs", PersistentVolumeSpec::nfs, plugins::nfs),
        SourceCheck.of(
            "rbd",
            PersistentVolumeSpec::rbd,
            (rbd, at) -> {
              plugins.given(rbd.monitors(), at.child("monitors"));
              plugins.given(rbd.image(), at.child("image"));
            }),
        SourceCheck.of("quobyte", PersistentVolumeSpec::quobyte, plugins::quobyte),
        new SourceCheck<>(
            "cephfs",
            "cephFS",
            PersistentVolumeSpec::cephfs,
            (ceph, at) -> plugins.given(ceph.monitors(), at.child("monitors"))),
        SourceCheck.of("iscsi", PersistentVolumeSpec::iscsi, this::iscsi),
        SourceCheck.of(
            "cinder",
            PersistentVolumeSpec::cinder,
            (cinder, at) -> {
              plugins.given(cinder.volumeID(), at.child("volumeID"));
              secret(cinder.secretRef(), at.child("secretRef"));
            }),
        SourceCheck.of("fc", PersistentVolumeSpec::fc, plugins::fc),
        SourceCheck.of(
            "flexVolume",
            PersistentVolumeSpec::flexVolume,
            (flex, at) -> plugins.flexVolume(flex.driver(), flex.options(), at)),
        SourceCheck.of(
            "azureFile",
            PersistentVolumeSpec::azureFile,
            (file, at) -> {
              plugins.given(file.secretName(), at.child("secretName"));
              plugins.given(file.shareName(), at.child("shareName"));
              if (file.secretNamespace() != null) {
                plugins.given(file.secretNamespace(), at.child("secretNamespace"));
              }
            }),
        SourceCheck.of("vsphereVolume", PersistentVolumeSpec::vsphereVolume, plugins::vsphere),
        SourceCheck.of(
            "photonPersistentDisk", PersistentVolumeSpec::photonPersistentDisk, plugins::photon),
        SourceCheck.of("portworxVolume", PersistentVolumeSpec::portworxVolume, plugins::portworx),
        SourceCheck.of("azureDisk", PersistentVolumeSpec::azureDisk, plugins::azureDisk),
        SourceCheck.of(
            "scaleIO",
            PersistentVolumeSpec::scaleIO,
            (io, at) -> {
              plugins.given(io.gateway(), at.child("gateway"));
              plugins.given(io.system(), at.child("system"));
              plugins.given(io.volumeName(), at.child("volumeName"));
            }),
        SourceCheck.of(
            "local",
            PersistentVolumeSpec::local,
            (local, at) -> {
              VolumeValidation.localPath(checks, local.path(), at.child("path"));
              if (spec.nodeAffinity() == null) {
                checks.required(path.child("nodeAffinity"), "Local volume requires node affinity");
              }
            }),
        SourceCheck.of(
            "storageos",
            PersistentVolumeSpec::storageos,
            (os, at) -> {
              plugins.storageOs(os.volumeName(), os.volumeNamespace(), at);
              if (os.secretRef() != null) {
                plugins.given(os.secretRef().name(), at.child("secretRef", "name"));
                plugins.given(os.secretRef().namespace(), at.child("secretRef", "namespace"));
              }
            }),
        SourceCheck.of("csi", PersistentVolumeSpec::csi, this::csi));
  }

  private void glusterfs(GlusterfsPersistentVolumeSource fs, FieldPath path) {
    plugins.given(fs.endpoints(), path.child("endpoints"));
    plugins.given(fs.path(), path.child("path"));
    String namespace = fs.endpointsNamespace();
    FieldPath at = path.child("endpointsNamespace");
    if (namespace != null && namespace.isEmpty()) {
      checks.invalid(
          at, namespace, "if the endpointnamespace is set, it must be a valid namespace name");
    } else if (namespace != null) {
      checks.each(at, namespace, Names.dns1123Label(namespace));
    }
  }

  private void iscsi(ISCSIPersistentVolumeSource source, FieldPath path) {
    VolumePlugins.Iscsi iscsi =
        new VolumePlugins.Iscsi(
            source.targetPortal(),
            source.iqn(),
            source.lun(),
            source.chapAuthDiscovery() || source.chapAuthSession(),
            source.secretRef() != null,
            source.initiatorName(),
            "must be valid format");
    plugins.given(source.targetPortal(), path.child("targetPortal"));
    plugins.iscsiLength(iscsi, volume, path.child("targetportal"), source.targetPortal());
    plugins.iscsi(iscsi, path);
    if (source.secretRef() != null) {
      plugins.given(source.secretRef().name(), path.child("secretRef", "name"));
    }
    plugins.initiator(iscsi, path);
  }

  private void secret(@Nullable SecretReference secret, FieldPath path) {
    if (secret != null) {
      plugins.given(secret.name(), path.child("name"));
      plugins.given(secret.namespace(), path.child("namespace"));
    }
  }

  private void csi(CSIPersistentVolumeSource csi, FieldPath path) {
    plugins.csiDriver(csi.driver(), path.child("driver"));
    plugins.given(csi.volumeHandle(), path.child("volumeHandle"));
    named(csi.controllerPublishSecretRef(), path.child("controllerPublishSecretRef"));
    named(csi.controllerExpandSecretRef(), path.child("controllerExpandSecretRef"));
    named(csi.nodePublishSecretRef(), path.child("nodePublishSecretRef"));
    named(csi.nodeExpandSecretRef(), path.child("nodeExpandSecretRef"));
  }

  /** Checked against validatePVSecretReference. */
  private void named(@Nullable SecretReference secret, FieldPath path) {
    if (secret == null) {
      return;
    }
    secret(secret, path);
    if (!secret.name().isEmpty()) {
      checks.each(path.child("name"), secret.name(), Names.dns1123Subdomain(secret.name()));
    }
    if (!secret.namespace().isEmpty()) {
      checks.each(
          path.child("namespace"), secret.namespace(), Names.dns1123Label(secret.namespace()));
    }
  }
}
