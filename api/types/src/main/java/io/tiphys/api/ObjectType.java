package io.tiphys.api;

import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.Schema;

/** A kind: its name, how it is read and written, and its shape. One instance per kind. */
public interface ObjectType<T> {
  GroupVersionKind gvk();

  /** Reads one object; {@code kind} and {@code apiVersion} are skipped, not checked. */
  T read(FieldReader in);

  /** Writes one object with its {@code kind} and {@code apiVersion}. */
  void write(T value, FieldWriter out);

  /** Reads the bare message, without the {@code k8s\0} envelope. */
  T readProto(ProtoReader in);

  /** Writes the bare message, without the {@code k8s\0} envelope. */
  void writeProto(T value, ProtoWriter out);

  Schema schema();
}
