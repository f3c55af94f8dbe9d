package io.tiphys.node.engine.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What stat(2) says of a file.
 *
 * @param mode type and permissions
 * @param device the number of a device file
 */
public record UnixFile(int mode, int uid, int gid, long device) {
  private static final int TYPE = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  /** Of the file itself, never of what a link leads to. */
  public static UnixFile of(Path path) throws IOException {
    return read(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Of what a link leads to. */
  public static UnixFile ofTarget(Path path) throws IOException {
    return read(path);
  }

  private static UnixFile read(Path path, LinkOption... options) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid,gid,rdev", options);
    return new UnixFile(
        number(attributes, "mode").intValue(),
        number(attributes, "uid").intValue(),
        number(attributes, "gid").intValue(),
        number(attributes, "rdev").longValue());
  }

  private static Number number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number : 0;
  }

  public int permissions() {
    return mode & 07777;
  }

  public boolean isCharacterDevice() {
    return (mode & TYPE) == CHARACTER;
  }

  public boolean isBlockDevice() {
    return (mode & TYPE) == BLOCK;
  }

  public int major() {
    return (int) (((device >> 8) & 0xfff) | ((device >> 32) & ~0xfffL));
  }

  public int minor() {
    return (int) ((device & 0xff) | ((device >> 12) & ~0xffL));
  }
}
