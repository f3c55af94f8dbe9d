package io.tiphys.server.admission.podsecurity;

/** A level as one version of the standards defines it. */
record LevelVersion(Level level, PolicyVersion version) {
  static final LevelVersion PRIVILEGED = new LevelVersion(Level.PRIVILEGED, PolicyVersion.LATEST);

  @Override
  public String toString() {
    return level + ":" + version;
  }
}
