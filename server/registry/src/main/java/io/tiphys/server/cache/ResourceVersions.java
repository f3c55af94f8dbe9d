package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.base.Invariant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The resourceVersion of an object is the store's revision of its key, so it is not part of what is
 * stored; it is put in on the way out.
 */
final class ResourceVersions {
  private static final byte[] METADATA = "\"metadata\":{".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FIELD = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);

  private ResourceVersions() {}

  /** An object's JSON from its metadata on. */
  static byte[] members(byte[] value) {
    return Arrays.copyOfRange(value, metadataAt(value), value.length);
  }

  /** From its metadata on, with a resourceVersion as the first member of that. */
  static byte[] insert(byte[] value, long revision) {
    int start = metadataAt(value);
    int at = start + METADATA.length;
    byte[] digits = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
    boolean last = value[at] == '}';
    byte[] result = new byte[value.length - start + FIELD.length + digits.length + (last ? 1 : 2)];
    int end = at - start;
    System.arraycopy(value, start, result, 0, end);
    System.arraycopy(FIELD, 0, result, end, FIELD.length);
    end += FIELD.length;
    System.arraycopy(digits, 0, result, end, digits.length);
    end += digits.length;
    result[end++] = '"';
    if (!last) {
      result[end++] = ',';
    }
    System.arraycopy(value, at, result, end, value.length - at);
    return result;
  }

  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  static <T extends ApiObject> T set(T record, long revision) {
    return (T) record.withMetadata(record.metadata().withResourceVersion(Long.toString(revision)));
  }

  /**
   * Where the object's own metadata begins. We write kind, apiVersion and metadata first, so the
   * first match is it; kind and apiVersion cannot hold a quote.
   */
  private static int metadataAt(byte[] value) {
    for (int i = 0; i <= value.length - METADATA.length; i++) {
      if (value[i] == '"' && matches(value, i)) {
        return i;
      }
    }
    Invariant.check(false, "stored objects have metadata");
    return -1;
  }

  private static boolean matches(byte[] value, int at) {
    for (int i = 0; i < METADATA.length; i++) {
      if (value[at + i] != METADATA[i]) {
        return false;
      }
    }
    return true;
  }
}
