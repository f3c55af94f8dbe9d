package io.tiphys.api;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.TreeReader;
import io.tiphys.codec.TreeWriter;
import java.util.List;

/**
 * Objects to text, trees and protobuf and back. Reading throws {@code CodecException} in the words
 * of upstream's decoders; kind and apiVersion of the input are passed over, for whoever chose the
 * type has looked at them.
 */
public final class ObjectCodec {
  private ObjectCodec() {}

  /**
   * What a strict reader returns: the object, as a lenient one would return it, and its remarks.
   *
   * @param remarks such as {@code unknown field "spec.foo"}, in the order of the input
   */
  public record Strict<T>(T value, List<String> remarks) {
    public Strict {
      remarks = List.copyOf(remarks);
    }

    public boolean isClean() {
      return remarks.isEmpty();
    }

    /** {@code strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"}. */
    public String message() {
      return "strict decoding error: " + String.join(", ", remarks);
    }
  }

  public static byte[] toJson(ApiObject object) {
    return toJson(type(object), object);
  }

  public static <T> byte[] toJson(ObjectType<T> type, T value) {
    JsonWriter out = new JsonWriter();
    type.write(value, out);
    return out.toByteArray();
  }

  /** Unknown fields are dropped, of duplicate ones the last counts. */
  public static <T> T fromJson(ObjectType<T> type, byte[] json) {
    JsonReader in = JsonReader.of(json);
    T value = type.read(in);
    return value;
  }

  public static <T> Strict<T> fromJsonStrict(ObjectType<T> type, byte[] json) {
    JsonReader in = JsonReader.strict(json);
    T value = type.read(in);
    return new Strict<>(value, in.strictErrors());
  }

  public static Json.Obj toTree(ApiObject object) {
    return toTree(type(object), object);
  }

  public static <T> Json.Obj toTree(ObjectType<T> type, T value) {
    TreeWriter out = new TreeWriter();
    type.write(value, out);
    return (Json.Obj) out.tree();
  }

  public static <T> T fromTree(ObjectType<T> type, Json tree) {
    return type.read(TreeReader.of(tree));
  }

  /** A tree has no duplicates any more: the remarks are of unknown fields only. */
  public static <T> Strict<T> fromTreeStrict(ObjectType<T> type, Json tree) {
    TreeReader in = TreeReader.strict(tree);
    T value = type.read(in);
    return new Strict<>(value, in.strictErrors());
  }

  /** Like {@link #fromTreeStrict}, in the manner and the words of Go's converter from maps. */
  public static <T> Strict<T> convert(ObjectType<T> type, Json tree) {
    TreeReader in = TreeReader.converting(tree);
    T value = type.read(in);
    return new Strict<>(value, in.strictErrors());
  }

  /** With the {@code k8s\0} envelope. */
  public static byte[] toProto(ApiObject object) {
    return toProto(type(object), object);
  }

  /** With the {@code k8s\0} envelope. */
  public static <T> byte[] toProto(ObjectType<T> type, T value) {
    return Envelope.write(type, value);
  }

  /** From the {@code k8s\0} envelope; look at it with {@link Envelope#read} to learn the kind. */
  public static <T> T fromProto(ObjectType<T> type, byte[] data) {
    return fromProto(type, Envelope.read(data));
  }

  public static <T> T fromProto(ObjectType<T> type, Envelope envelope) {
    return type.readProto(new ProtoReader(envelope.message().toByteArray()));
  }

  @SuppressWarnings("unchecked") // an object's type is the type of its own class
  private static ObjectType<ApiObject> type(ApiObject object) {
    return (ObjectType<ApiObject>) object.type();
  }
}
