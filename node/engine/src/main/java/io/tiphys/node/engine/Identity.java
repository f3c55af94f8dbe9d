package io.tiphys.node.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names for new things, and which life of the machine this is. */
final class Identity {
  /** 128 random bits never meet again; longer names would only lengthen every path. */
  private static final int ID_BYTES = 16;

  private final RandomGenerator random;
  private final String bootId;

  Identity(RandomGenerator random) throws IOException {
    this.random = random;
    this.bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  String next() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  String bootId() {
    return bootId;
  }
}
