package io.tiphys.controllers.kit;

import io.tiphys.codec.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A short name for a template. Looks like upstream's (ComputeHash in
 * pkg/controller/controller_utils.go: a 32-bit FNV in letters that make no words), but is of the
 * JSON form where upstream's is of a dump of Go's memory: nobody may rely on its value.
 */
public final class TemplateHash {
  private static final int OFFSET = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  /** As apimachinery/pkg/util/rand: no vowels, no 0, 1 and 3. */
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private TemplateHash() {}

  /**
   * @param collisionCount how often this template's name was taken by another's, or null
   */
  public static String of(Json template, @Nullable Integer collisionCount) {
    String text = template.text() + (collisionCount == null ? "" : "#" + collisionCount);
    int hash = OFFSET;
    for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (next & 0xff)) * PRIME;
    }
    return safe(hash);
  }

  /**
   * The hash in a revision's name: upstream's own value, since its bytes are the same ones.
   * HashControllerRevision in pkg/controller/history/controller_history.go.
   */
  public static String ofRevision(Json data, int collisionCount) {
    int hash = OFFSET;
    for (byte next : (data.text() + collisionCount).getBytes(StandardCharsets.UTF_8)) {
      hash = hash * PRIME ^ (next & 0xff);
    }
    return safe(hash);
  }

  private static String safe(int hash) {
    StringBuilder safe = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      safe.append(LETTERS.charAt(digit % LETTERS.length()));
    }
    return safe.toString();
  }
}
