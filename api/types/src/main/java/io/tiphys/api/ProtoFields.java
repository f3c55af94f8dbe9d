package io.tiphys.api;

import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the records' protobuf methods have in common. The messages of times, quantities and free
 * JSON are those of apimachinery's generated.proto files.
 */
public final class ProtoFields {
  private static final int TEXT = ProtoReader.LENGTH_DELIMITED;

  private ProtoFields() {}

  /** {@code list} with one more element; the same list while a message is read. */
  public static <T> List<T> add(List<T> list, T element) {
    List<T> target = list instanceof ArrayList<T> ? list : new ArrayList<>(list);
    target.add(element);
    return target;
  }

  /** A map to add to; the same one while a message is read. */
  public static <T> Map<String, T> growing(Map<String, T> map) {
    return map instanceof LinkedHashMap<String, T> ? map : new LinkedHashMap<>(map);
  }

  /** Null if the message is empty: Go's zero time. */
  public static @Nullable Instant readTime(ProtoReader in) {
    ProtoReader message = in.readMessage();
    if (message.atEnd()) {
      return null;
    }
    long seconds = 0;
    int nanos = 0;
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (tag) {
        case 1 << 3 -> seconds = message.readInt64();
        case 2 << 3 -> nanos = message.readInt32();
        default -> message.skip(tag);
      }
    }
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (java.time.DateTimeException | ArithmeticException _) {
      throw new CodecException("proto: time out of range: " + seconds);
    }
  }

  /** Reads what {@link #writeMicroTime} wrote. */
  public static @Nullable Instant readMicroTime(ProtoReader in) {
    return readTime(in);
  }

  /** Whole seconds, as upstream stores them. */
  public static void writeTime(ProtoWriter out, int number, Instant value) {
    int mark = out.beginMessage(number);
    out.writeInt64(1, value.getEpochSecond());
    out.writeInt32(2, 0);
    out.endMessage(mark);
  }

  /** Whole microseconds, as upstream stores them. */
  public static void writeMicroTime(ProtoWriter out, int number, Instant value) {
    Instant whole = value.truncatedTo(ChronoUnit.MICROS);
    int mark = out.beginMessage(number);
    out.writeInt64(1, whole.getEpochSecond());
    out.writeInt32(2, whole.getNano());
    out.endMessage(mark);
  }

  public static Quantity readQuantity(ProtoReader in) {
    String text = soleText(in.readMessage());
    return text.isEmpty() ? Quantity.ZERO : JsonFields.parse(text);
  }

  public static void writeQuantity(ProtoWriter out, int number, Quantity value) {
    int mark = out.beginMessage(number);
    out.writeString(1, value.toString());
    out.endMessage(mark);
  }

  public static IntOrString readIntOrString(ProtoReader in) {
    ProtoReader message = in.readMessage();
    boolean text = false;
    int number = 0;
    String string = "";
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (tag) {
        case 1 << 3 -> text = message.readInt64() == 1;
        case 2 << 3 -> number = message.readInt32();
        case 3 << 3 | TEXT -> string = message.readString();
        default -> message.skip(tag);
      }
    }
    return text ? IntOrString.of(string) : IntOrString.of(number);
  }

  public static void writeIntOrString(ProtoWriter out, int number, IntOrString value) {
    int mark = out.beginMessage(number);
    switch (value) {
      case IntOrString.Int(int each) -> {
        out.writeInt64(1, 0);
        out.writeInt32(2, each);
        out.writeString(3, "");
      }
      case IntOrString.Text(String each) -> {
        out.writeInt64(1, 1);
        out.writeInt32(2, 0);
        out.writeString(3, each);
      }
    }
    out.endMessage(mark);
  }

  /** The JSON text of a RawExtension, FieldsV1 or JSON message; null if there is none. */
  public static @Nullable Json readAny(ProtoReader in) {
    ProtoReader message = in.readMessage();
    Bytes raw = Bytes.EMPTY;
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> raw = message.readBytes();
        default -> message.skip(tag);
      }
    }
    return raw.isEmpty() ? null : JsonReader.of(raw.toByteArray()).readTree();
  }

  public static void writeAny(ProtoWriter out, int number, Json value) {
    JsonWriter text = new JsonWriter();
    text.writeTree(value);
    int mark = out.beginMessage(number);
    out.writeBytes(1, Bytes.wrap(text.toByteArray()));
    out.endMessage(mark);
  }

  public static Json readEmptyObject(ProtoReader in) {
    in.readMessage();
    return Json.Obj.EMPTY;
  }

  public static void writeEmptyObject(ProtoWriter out, int number, Json unused) {
    out.endMessage(out.beginMessage(number));
  }

  public static @Nullable Json readSchemaOrArray(ProtoReader in) {
    return SchemaUnions.readOrArray(in.readMessage());
  }

  public static void writeSchemaOrArray(ProtoWriter out, int number, Json value) {
    SchemaUnions.writeOrArray(out, number, value);
  }

  public static @Nullable Json readSchemaOrBool(ProtoReader in) {
    return SchemaUnions.readOrBool(in.readMessage());
  }

  public static void writeSchemaOrBool(ProtoWriter out, int number, Json value) {
    SchemaUnions.writeOrBool(out, number, value);
  }

  private static String soleText(ProtoReader message) {
    String text = "";
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> text = message.readString();
        default -> message.skip(tag);
      }
    }
    return text;
  }

  /** A message of Go's named slices: its field 1 repeats. */
  public static List<String> readItems(ProtoReader in) {
    ProtoReader message = in.readMessage();
    List<String> items = new ArrayList<>();
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> items.add(message.readString());
        default -> message.skip(tag);
      }
    }
    return items;
  }

  public static void writeItems(ProtoWriter out, int number, List<String> items) {
    int mark = out.beginMessage(number);
    writeStringList(out, 1, items);
    out.endMessage(mark);
  }

  public static List<Integer> readPackedInts(ProtoReader in, List<Integer> list) {
    return packed(in, list, ProtoReader::readInt32);
  }

  public static List<Long> readPackedLongs(ProtoReader in, List<Long> list) {
    return packed(in, list, ProtoReader::readInt64);
  }

  public static List<Boolean> readPackedBooleans(ProtoReader in, List<Boolean> list) {
    return packed(in, list, ProtoReader::readBool);
  }

  private static <T> List<T> packed(ProtoReader in, List<T> list, Function<ProtoReader, T> read) {
    ProtoReader values = in.readMessage();
    List<T> target = list;
    while (!values.atEnd()) {
      target = add(target, read.apply(values));
    }
    return target;
  }

  public static void writeStringList(ProtoWriter out, int number, List<String> list) {
    for (String value : list) {
      out.writeString(number, value);
    }
  }

  public static void writeIntList(ProtoWriter out, int number, List<Integer> list) {
    for (int value : list) {
      out.writeInt32(number, value);
    }
  }

  public static void writeLongList(ProtoWriter out, int number, List<Long> list) {
    for (long value : list) {
      out.writeInt64(number, value);
    }
  }

  public static void writeBooleanList(ProtoWriter out, int number, List<Boolean> list) {
    for (boolean value : list) {
      out.writeBool(number, value);
    }
  }

  public static void writeQuantityList(ProtoWriter out, int number, List<Quantity> list) {
    for (Quantity value : list) {
      writeQuantity(out, number, value);
    }
  }

  public static void writeAnyList(ProtoWriter out, int number, List<Json> list) {
    for (Json value : list) {
      writeAny(out, number, value);
    }
  }

  public static void readQuantityEntry(ProtoReader in, Map<String, Quantity> map) {
    readEntry(in, map, Quantity.ZERO, ProtoFields::readQuantity);
  }

  public static void readBytesEntry(ProtoReader in, Map<String, Bytes> map) {
    readEntry(in, map, Bytes.EMPTY, ProtoReader::readBytes);
  }

  public static void readStringListEntry(ProtoReader in, Map<String, List<String>> map) {
    readEntry(in, map, List.of(), ProtoFields::readItems);
  }

  public static void readTimeEntry(ProtoReader in, Map<String, Instant> map) {
    readEntry(in, map, null, ProtoFields::readTime);
  }

  public static void readSchemaOrStringsEntry(ProtoReader in, Map<String, Json> map) {
    readEntry(in, map, null, entry -> SchemaUnions.readOrStrings(entry.readMessage()));
  }

  private static <T> void readEntry(
      ProtoReader in,
      Map<String, T> map,
      @Nullable T absent,
      Function<ProtoReader, ? extends @Nullable T> read) {
    ProtoReader entry = in.readMessage();
    String key = "";
    T value = absent;
    for (int tag = entry.readTag(); tag != 0; tag = entry.readTag()) {
      switch (tag) {
        case 1 << 3 | TEXT -> key = entry.readString();
        case 2 << 3 | TEXT -> value = read.apply(entry);
        default -> entry.skip(tag);
      }
    }
    if (value != null) {
      map.put(key, value);
    }
  }

  public static void writeQuantityMap(ProtoWriter out, int number, Map<String, Quantity> map) {
    for (Map.Entry<String, Quantity> entry : map.entrySet()) {
      int mark = beginEntry(out, number, entry.getKey());
      writeQuantity(out, 2, entry.getValue());
      out.endMessage(mark);
    }
  }

  public static void writeBytesMap(ProtoWriter out, int number, Map<String, Bytes> map) {
    for (Map.Entry<String, Bytes> entry : map.entrySet()) {
      int mark = beginEntry(out, number, entry.getKey());
      out.writeBytes(2, entry.getValue());
      out.endMessage(mark);
    }
  }

  public static void writeStringListMap(
      ProtoWriter out, int number, Map<String, List<String>> map) {
    for (Map.Entry<String, List<String>> entry : map.entrySet()) {
      int mark = beginEntry(out, number, entry.getKey());
      writeItems(out, 2, entry.getValue());
      out.endMessage(mark);
    }
  }

  public static void writeTimeMap(ProtoWriter out, int number, Map<String, Instant> map) {
    for (Map.Entry<String, Instant> entry : map.entrySet()) {
      int mark = beginEntry(out, number, entry.getKey());
      writeTime(out, 2, entry.getValue());
      out.endMessage(mark);
    }
  }

  public static void writeSchemaOrStringsMap(ProtoWriter out, int number, Map<String, Json> map) {
    for (Map.Entry<String, Json> entry : map.entrySet()) {
      int mark = beginEntry(out, number, entry.getKey());
      SchemaUnions.writeOrStrings(out, 2, entry.getValue());
      out.endMessage(mark);
    }
  }

  private static int beginEntry(ProtoWriter out, int number, String key) {
    int mark = out.beginMessage(number);
    out.writeString(1, key);
    return mark;
  }
}
