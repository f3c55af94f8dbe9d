package io.tiphys.assembly;

/** What this program says it is. */
final class Release {
  /** The Kubernetes version whose API is served; what follows the plus sign is ours. */
  static final String GIT_VERSION = "v1.36.0+tiphys";

  private Release() {}
}
