package io.tiphys.api;

import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.meta.GroupVersionKind;
import java.util.Arrays;

/**
 * An object of {@code application/vnd.kubernetes.protobuf}: four magic bytes, then a
 * runtime.Unknown that names the kind and holds the message. Checked against
 * apimachinery/pkg/runtime/serializer/protobuf/protobuf.go.
 *
 * @param apiVersion empty if the sender left it out
 * @param kind empty if the sender left it out
 * @param message the bare message of the kind
 */
public record Envelope(String apiVersion, String kind, Bytes message) {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final int TEXT = ProtoReader.LENGTH_DELIMITED;

  /** The envelope's own fields; a guess that saves a copy. */
  private static final int OVERHEAD = 64;

  /** Whether the bytes begin as an envelope does. */
  public static boolean opens(byte[] data) {
    return data.length >= MAGIC.length
        && Arrays.equals(data, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * @throws CodecException if the bytes are no envelope
   */
  public static Envelope read(byte[] data) {
    if (!opens(data)) {
      throw new CodecException(
          "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
    }
    ProtoReader in = new ProtoReader(data, MAGIC.length, data.length - MAGIC.length);
    String[] names = {"", ""};
    Bytes message = Bytes.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> readNames(in.readMessage(), names);
        case 2 << 3 | TEXT -> message = in.readBytes();
        default -> in.skip(tag);
      }
    }
    return new Envelope(names[0], names[1], message);
  }

  private static void readNames(ProtoReader in, String[] names) {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> names[0] = in.readString();
        case 2 << 3 | TEXT -> names[1] = in.readString();
        default -> in.skip(tag);
      }
    }
  }

  public GroupVersionKind gvk() {
    return GroupVersionKind.of(apiVersion, kind);
  }

  /** The whole, magic bytes first. */
  public byte[] toByteArray() {
    ProtoWriter out = new ProtoWriter(message.size() + OVERHEAD);
    begin(out, apiVersion, kind);
    out.writeBytes(2, message);
    return end(out);
  }

  /** Writes a value without a copy of its message. */
  static <T> byte[] write(ObjectType<T> type, T value) {
    ProtoWriter out = new ProtoWriter();
    begin(out, type.gvk().apiVersion(), type.gvk().kind());
    int message = out.beginMessage(2);
    type.writeProto(value, out);
    out.endMessage(message);
    return end(out);
  }

  private static void begin(ProtoWriter out, String apiVersion, String kind) {
    int names = out.beginMessage(1);
    out.writeString(1, apiVersion);
    out.writeString(2, kind);
    out.endMessage(names);
  }

  private static byte[] end(ProtoWriter out) {
    // contentEncoding and contentType, which upstream always writes and leaves empty.
    out.writeString(3, "");
    out.writeString(4, "");
    byte[] body = out.toByteArray();
    byte[] whole = Arrays.copyOf(MAGIC, MAGIC.length + body.length);
    System.arraycopy(body, 0, whole, MAGIC.length, body.length);
    return whole;
  }
}
