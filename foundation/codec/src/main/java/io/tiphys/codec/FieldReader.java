package io.tiphys.codec;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads named fields from JSON text or from a {@link Json} tree; what the generated records are
 * read with.
 *
 * <pre>{@code
 * in.beginObject("v1.PodSpec");
 * for (String name = in.nextField(); name != null; name = in.nextField()) {
 *   switch (name) {
 *     case "nodeName" -> nodeName = in.readString();
 *     default -> in.skipUnknown();
 *   }
 * }
 * }</pre>
 *
 * <p>Values are read leniently where Go's encoding/json is: a null leaves the field as it was
 * ({@code nextField} passes over such fields). Every mismatch throws {@link CodecException} in the
 * words of Go's decoder, for example {@code json: cannot unmarshal number into Go struct field
 * ObjectMeta.metadata.name of type string}.
 */
public interface FieldReader {
  /**
   * Enters an object.
   *
   * @param goType as Go names it, for messages: {@code v1.PodSpec}, {@code map[string]string}
   */
  void beginObject(String goType);

  /** The next field with a non-null value, or null after leaving the object. */
  @Nullable String nextField();

  /** Enters an array; then {@link #nextElement} before each element. */
  void beginArray(String goType);

  /** Whether another element follows; false leaves the array. */
  boolean nextElement();

  default String readString() {
    return readString("string");
  }

  /**
   * Text of a type that has a name.
   *
   * @param goType as Go names it, for messages: {@code v1.DNSPolicy}
   */
  String readString(String goType);

  int readInt();

  long readLong();

  double readDouble();

  boolean readBoolean();

  /** Base64 text as bytes. */
  Bytes readBytes();

  /** RFC 3339. Empty text is null. */
  @Nullable Instant readInstant();

  /** Whatever comes, as a tree. */
  Json readTree();

  /**
   * Passes over the value of a field that the type does not know; a strict reader remembers {@code
   * unknown field "spec.foo"}.
   */
  void skipUnknown();

  /**
   * Has a strict reader remember {@code unknown field "spec.foo"}, which was found in a tree that
   * was read whole.
   *
   * @param path from the outermost object on
   */
  void remarkUnknown(String path);

  /** Passes over the value of the current field without a remark. */
  void skip();
}
