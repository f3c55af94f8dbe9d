package io.tiphys.codec;

import java.time.Instant;

/** Writes named fields to JSON text or to a {@link Json} tree. Calls mirror {@link FieldReader}. */
public interface FieldWriter {
  void beginObject();

  void endObject();

  void beginArray();

  void endArray();

  /** Names the member whose value is written next. */
  void name(String name);

  void writeString(String value);

  void writeLong(long value);

  void writeDouble(double value);

  void writeBoolean(boolean value);

  void writeNull();

  void writeBytes(Bytes value);

  /** RFC 3339 in UTC with seconds. */
  void writeTime(Instant value);

  /** RFC 3339 in UTC with six digits of a second. */
  void writeMicroTime(Instant value);

  void writeTree(Json value);
}
