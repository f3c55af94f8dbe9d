package io.tiphys.server.customresources;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of versions: apimachinery/pkg/version/helpers.go. */
final class KubeVersions {
  private static final Pattern KUBE =
      Pattern.compile("v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?");

  /** {@code v2, v1, v1beta1, v1alpha1}, then whatever is no such version, by its letters. */
  static final Comparator<String> BEST_FIRST =
      Comparator.comparing(KubeVersions::parse, Comparator.reverseOrder())
          .thenComparing(Comparator.naturalOrder());

  private KubeVersions() {}

  /** What is compared: the greater, the better. */
  private record Rank(int stability, long major, long minor) implements Comparable<Rank> {
    private static final Comparator<Rank> ORDER =
        Comparator.comparingInt(Rank::stability)
            .thenComparingLong(Rank::major)
            .thenComparingLong(Rank::minor);

    @Override
    public int compareTo(Rank other) {
      return ORDER.compare(this, other);
    }
  }

  private static Rank parse(String version) {
    Matcher parts = KUBE.matcher(version);
    if (!parts.matches() || version.length() > 30) {
      return new Rank(0, 0, 0);
    }
    String stage = parts.group(2);
    int stability = stage == null ? 3 : stage.equals("beta") ? 2 : 1;
    long minor = stage == null ? 0 : Long.parseLong(parts.group(3));
    return new Rank(stability, Long.parseLong(parts.group(1)), minor);
  }
}
