package io.tiphys.node.engine.tar;

import io.tiphys.codec.Bytes;
import java.time.Instant;
import java.util.Map;

/**
 * A member of a tar stream, as it claims to be.
 *
 * @param name as written, with whatever slashes and dots it has
 * @param size of the content that follows; 0 unless a {@link Type#FILE}
 * @param mode the twelve permission bits
 * @param linkName of a link: its target as written
 * @param xattrs extended attributes by name
 */
public record TarEntry(
    String name,
    Type type,
    long size,
    int mode,
    long uid,
    long gid,
    Instant modified,
    String linkName,
    int deviceMajor,
    int deviceMinor,
    Map<String, Bytes> xattrs) {
  /** What kind of file a member is. */
  public enum Type {
    FILE,
    HARD_LINK,
    SYMBOLIC_LINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    DIRECTORY,
    FIFO
  }

  public TarEntry {
    xattrs = Map.copyOf(xattrs);
  }
}
