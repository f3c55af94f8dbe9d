package io.tiphys.store;

/** What was to be read has been compacted. */
public final class CompactedException extends StoreException {
  private static final long serialVersionUID = 1;

  public CompactedException() {
    super("required revision has been compacted");
  }
}
