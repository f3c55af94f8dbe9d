package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.DownwardAPIVolumeFile;
import io.tiphys.api.core.v1.KeyToPath;
import io.tiphys.api.core.v1.PodCertificateProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.meta.GoText;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of one volume that hide one another; checked against warningsForOverlappingVirtualPaths in
 * pkg/api/pod/warnings.go.
 */
final class PathOverlaps {
  private PathOverlaps() {}

  /**
   * A file and where it comes from.
   *
   * @param source empty where the volume has only one
   */
  private record Entry(String path, String source) {
    @Override
    public String toString() {
      return GoText.quote(path) + (source.isEmpty() ? "" : " (" + source + ")");
    }

    boolean overlaps(Entry other) {
      return !other.path.isEmpty()
          && (equals(other)
              || (other.path + "/").startsWith(path + "/")
              || (path + "/").startsWith(other.path + "/"));
    }
  }

  static void of(List<Volume> volumes, Remarks out) {
    for (Volume volume : volumes) {
      if (volume.configMap() != null) {
        String source = "ConfigMap " + GoText.quote(volume.configMap().name());
        compare(volume, source, keys(volume.configMap().items(), ""), out);
      }
      if (volume.secret() != null) {
        String source = "Secret " + GoText.quote(volume.secret().secretName());
        compare(volume, source, keys(volume.secret().items(), ""), out);
      }
      if (volume.downwardAPI() != null) {
        compare(volume, "DownwardAPI", files(volume.downwardAPI().items(), ""), out);
      }
      if (volume.projected() != null) {
        List<Entry> all = new ArrayList<>();
        for (VolumeProjection source : volume.projected().sources()) {
          if (source.equals(VolumeProjection.EMPTY)) {
            out.add(
                "volume " + GoText.quote(volume.name()) + " (Projected) has no sources provided");
          }
          all.addAll(entries(source));
        }
        compare(volume, "Projected", all, out);
      }
    }
  }

  private static List<Entry> entries(VolumeProjection source) {
    if (source.configMap() != null && !source.configMap().items().isEmpty()) {
      String name = "ConfigMap " + GoText.quote(source.configMap().name());
      return keys(source.configMap().items(), name);
    }
    if (source.secret() != null && !source.secret().items().isEmpty()) {
      return keys(source.secret().items(), "Secret " + GoText.quote(source.secret().name()));
    }
    if (source.downwardAPI() != null && !source.downwardAPI().items().isEmpty()) {
      return files(source.downwardAPI().items(), "DownwardAPI");
    }
    if (source.serviceAccountToken() != null) {
      return List.of(new Entry(source.serviceAccountToken().path(), "ServiceAccountToken"));
    }
    var bundle = source.clusterTrustBundle();
    if (bundle != null) {
      String name = bundle.name() != null ? bundle.name() : bundle.signerName();
      String from = "ClusterTrustBundle " + GoText.quote(String.valueOf(name));
      return List.of(new Entry(bundle.path(), from));
    }
    return source.podCertificate() == null ? List.of() : entries(source.podCertificate());
  }

  private static List<Entry> entries(PodCertificateProjection source) {
    List<Entry> entries = new ArrayList<>();
    add(entries, source.certificateChainPath(), "PodCertificate chain");
    add(entries, source.keyPath(), "PodCertificate key");
    add(entries, source.credentialBundlePath(), "PodCertificate credential bundle");
    return entries;
  }

  private static void add(List<Entry> entries, String path, String source) {
    if (!path.isEmpty()) {
      entries.add(new Entry(path, source));
    }
  }

  private static List<Entry> keys(List<KeyToPath> items, String source) {
    return items.stream().map(item -> new Entry(item.path(), source)).toList();
  }

  private static List<Entry> files(List<DownwardAPIVolumeFile> items, String source) {
    return items.stream().map(item -> new Entry(item.path(), source)).toList();
  }

  private static void compare(Volume volume, String source, List<Entry> entries, Remarks out) {
    List<Entry> before = new ArrayList<>();
    for (Entry each : entries) {
      Entry entry = new Entry(each.path.replaceAll("(?<!/)/++\\z", ""), each.source);
      if (!entry.path.isEmpty()) {
        for (Entry other : before) {
          if (entry.overlaps(other)) {
            String name = GoText.quote(volume.name());
            out.add(
                "volume %s (%s): overlapping paths: %s with %s"
                    .formatted(name, source, entry, other));
          }
        }
      }
      before.add(entry);
    }
  }
}
