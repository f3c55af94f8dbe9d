package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.AWSElasticBlockStoreVolumeSource;
import io.tiphys.api.core.v1.AzureDiskVolumeSource;
import io.tiphys.api.core.v1.FCVolumeSource;
import io.tiphys.api.core.v1.FlockerVolumeSource;
import io.tiphys.api.core.v1.GCEPersistentDiskVolumeSource;
import io.tiphys.api.core.v1.NFSVolumeSource;
import io.tiphys.api.core.v1.PhotonPersistentDiskVolumeSource;
import io.tiphys.api.core.v1.PortworxVolumeSource;
import io.tiphys.api.core.v1.QuobyteVolumeSource;
import io.tiphys.api.core.v1.VsphereVirtualDiskVolumeSource;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with volumes of one plugin, of a pod or by themselves; checked against the
 * validate...VolumeSource functions of pkg/apis/core/validation.
 */
public final class VolumePlugins {
  private static final List<String> CACHING = List.of("None", "ReadOnly", "ReadWrite");
  private static final List<String> DISK_KINDS = List.of("Dedicated", "Managed", "Shared");
  private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.[\\p{Alnum}.-]++");
  private static final Pattern EUI = Pattern.compile("eui[^\\n]\\p{Alnum}{16}");
  private static final Pattern NAA = Pattern.compile("naa[^\\n]\\p{Alnum}{32}");

  /** What the name behind an IQN's colon must not have. */
  private static final String NOT_IN_IQN = ",;*&$|\t\n\f\r ";

  private static final int MAX_LUN = 255;

  /** Upstream's limit of {@code <volume name>:<iscsi.targetPortal>}. */
  private static final int MAX_ISCSI_NAME = 64;

  private static final int MAX_DRIVER_NAME = 63;
  private static final int MAX_TENANT = 64;
  private final Checks checks;

  public VolumePlugins(Checks checks) {
    this.checks = checks;
  }

  /** A field that must not be empty. */
  public void given(String value, FieldPath path) {
    if (value.isEmpty()) {
      checks.required(path);
    }
  }

  public void given(List<String> values, FieldPath path) {
    if (values.isEmpty()) {
      checks.required(path);
    }
  }

  public void gcePersistentDisk(GCEPersistentDiskVolumeSource disk, FieldPath path) {
    given(disk.pdName(), path.child("pdName"));
    partition(disk.partition(), path.child("partition"));
  }

  public void awsElasticBlockStore(AWSElasticBlockStoreVolumeSource disk, FieldPath path) {
    given(disk.volumeID(), path.child("volumeID"));
    partition(disk.partition(), path.child("partition"));
  }

  private void partition(int partition, FieldPath path) {
    if (partition < 0 || partition > 255) {
      checks.invalid(path, partition, "must be between 1 and 255, inclusive");
    }
  }

  public void vsphere(VsphereVirtualDiskVolumeSource disk, FieldPath path) {
    given(disk.volumePath(), path.child("volumePath"));
  }

  public void photon(PhotonPersistentDiskVolumeSource disk, FieldPath path) {
    given(disk.pdID(), path.child("pdID"));
  }

  public void portworx(PortworxVolumeSource disk, FieldPath path) {
    given(disk.volumeID(), path.child("volumeID"));
  }

  public void nfs(NFSVolumeSource nfs, FieldPath path) {
    given(nfs.server(), path.child("server"));
    given(nfs.path(), path.child("path"));
    if (!nfs.path().startsWith("/")) {
      checks.invalid(path.child("path"), nfs.path(), "must be an absolute path");
    }
  }

  public void quobyte(QuobyteVolumeSource quobyte, FieldPath path) {
    String pairs = "must be a host:port pair or multiple pairs separated by commas";
    if (quobyte.registry().isEmpty()) {
      checks.required(path.child("registry"), pairs);
    } else if (quobyte.tenant().length() > MAX_TENANT) {
      checks.required(
          path.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
      for (String pair : quobyte.registry().split(",", -1)) {
        if (!pair.matches("[^:\\[\\]]*:[^:\\[\\]]*|\\[[^\\[\\]]*]:[^:\\[\\]]*")) {
          checks.invalid(path.child("registry"), quobyte.registry(), pairs);
        }
      }
    }
    given(quobyte.volume(), path.child("volume"));
  }

  public void flocker(FlockerVolumeSource flocker, FieldPath path) {
    boolean named = !flocker.datasetName().isEmpty();
    boolean identified = !flocker.datasetUUID().isEmpty();
    if (!named && !identified) {
      checks.required(path, "one of datasetName and datasetUUID is required");
    }
    if (named && identified) {
      checks.invalid(
          path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
    }
    if (flocker.datasetName().contains("/")) {
      checks.invalid(path.child("datasetName"), flocker.datasetName(), "must not contain '/'");
    }
  }

  public void fc(FCVolumeSource fc, FieldPath path) {
    FieldPath names = path.child("targetWWNs");
    if (fc.targetWWNs().isEmpty() && fc.wwids().isEmpty()) {
      checks.required(names, "must specify either targetWWNs or wwids, but not both");
    }
    if (!fc.targetWWNs().isEmpty() && !fc.wwids().isEmpty()) {
      checks.invalid(
          names, fc.targetWWNs(), "targetWWNs and wwids can not be specified simultaneously");
    }
    if (fc.targetWWNs().isEmpty()) {
      return;
    }
    if (fc.lun() == null) {
      checks.required(path.child("lun"), "lun is required if targetWWNs is specified");
    } else {
      checks.each(path.child("lun"), fc.lun(), Names.inRange(fc.lun(), 0, MAX_LUN));
    }
  }

  public void azureDisk(AzureDiskVolumeSource disk, FieldPath path) {
    FieldPath uri = path.child("diskURI");
    given(disk.diskName(), path.child("diskName"));
    given(disk.diskURI(), uri);
    checks.supported(path.child("cachingMode"), disk.cachingMode(), CACHING);
    checks.supported(path.child("kind"), disk.kind(), DISK_KINDS);
    if (disk.kind() == null) {
      return;
    }
    boolean managed = disk.kind().equals("Managed");
    if (!disk.diskURI().startsWith(managed ? "/subscriptions/" : "https://")) {
      checks.add(
          FieldError.notSupported(
              uri,
              disk.diskURI(),
              List.of(
                  managed
                      ? "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers"
                          + "/microsoft.compute/disks/{disk-id}"
                      : "https://{account-name}.blob.core.windows.net/{container-name}"
                          + "/{disk-name}.vhd")));
    }
  }

  /** The options of a FlexVolume; Kubernetes' own names are not for users. */
  public void flexVolume(String driver, Map<String, String> options, FieldPath path) {
    given(driver, path.child("driver"));
    for (String option : options.keySet()) {
      int slash = option.indexOf('/');
      String space = "." + option.substring(0, slash < 0 ? option.length() : slash);
      String lower = space.toLowerCase(Locale.ROOT);
      if (lower.endsWith(".kubernetes.io") || lower.endsWith(".k8s.io")) {
        checks.invalid(
            path.child("options").key(option),
            option,
            "kubernetes.io and k8s.io namespaces are reserved");
      }
    }
  }

  public void csiDriver(String driver, FieldPath path) {
    if (driver.isEmpty()) {
      checks.required(path);
      return;
    }
    if (driver.length() > MAX_DRIVER_NAME) {
      checks.add(FieldError.tooLong(path, MAX_DRIVER_NAME));
    }
    checks.each(path, driver, Names.dns1123Subdomain(driver.toLowerCase(Locale.ROOT)));
  }

  public void storageOs(String volume, String namespace, FieldPath path) {
    given(volume, path.child("volumeName"));
    if (!volume.isEmpty()) {
      checks.each(path.child("volumeName"), volume, Names.dns1123Label(volume));
    }
    if (!namespace.isEmpty()) {
      checks.each(path.child("volumeNamespace"), namespace, Names.dns1123Label(namespace));
    }
  }

  /**
   * A disk that is reached over iSCSI.
   *
   * @param form how the form of a name is asked for: of a pod's volume more is said
   */
  public record Iscsi(
      String portal,
      String iqn,
      int lun,
      boolean authenticates,
      boolean secret,
      @Nullable String initiator,
      String form) {}

  public void iscsi(Iscsi iscsi, FieldPath path) {
    given(iscsi.iqn, path.child("iqn"));
    if (!iscsi.iqn.isEmpty()) {
      iscsiName(iscsi.iqn, iscsi.form, path.child("iqn"));
    }
    checks.each(path.child("lun"), iscsi.lun, Names.inRange(iscsi.lun, 0, MAX_LUN));
    if (iscsi.authenticates && !iscsi.secret) {
      checks.required(path.child("secretRef"));
    }
  }

  public void initiator(Iscsi iscsi, FieldPath path) {
    if (iscsi.initiator != null) {
      iscsiName(iscsi.initiator, iscsi.form, path.child("initiatorname"));
    }
  }

  private void iscsiName(String name, String form, FieldPath path) {
    boolean valid =
        name.startsWith("iqn")
            ? endsInIqn(name)
            : (name.startsWith("eui") ? EUI : NAA).matcher(name).matches();
    if (!name.startsWith("iqn") && !name.startsWith("eui") && !name.startsWith("naa")) {
      checks.invalid(path, name, form);
    } else if (!valid) {
      checks.invalid(path, name, "must be valid format");
    }
  }

  /** Upstream's iscsiInitiatorIqnRegex, which has no beginning; every part is read once. */
  private static boolean endsInIqn(String name) {
    int tail = name.length();
    while (tail > 0 && NOT_IN_IQN.indexOf(name.charAt(tail - 1)) < 0) {
      tail--;
    }
    Matcher authority = IQN.matcher(name);
    while (authority.find()) {
      int colon = authority.end();
      if (colon >= tail && colon + 1 < name.length() && name.charAt(colon) == ':') {
        return true;
      }
    }
    return false;
  }

  /** Whether a volume's name leaves room for its portal. */
  public void iscsiLength(Iscsi iscsi, String name, FieldPath path, String shown) {
    if (iscsi.initiator != null && (name + ":" + iscsi.portal).length() > MAX_ISCSI_NAME) {
      checks.invalid(
          path,
          shown,
          "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
              + " iscsi.initiatorName is specified.");
    }
  }
}
