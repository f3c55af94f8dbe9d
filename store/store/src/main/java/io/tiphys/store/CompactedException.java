package io.tiphys.store;

/** The revision a watch stood at has been compacted. */
public final class CompactedException extends StoreException {
  private final long compactedRevision;

  public CompactedException(long compactedRevision) {
    super("required revision has been compacted at " + compactedRevision);
    this.compactedRevision = compactedRevision;
  }

  public long compactedRevision() {
    return compactedRevision;
  }
}
