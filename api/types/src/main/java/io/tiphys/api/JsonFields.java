package io.tiphys.api;

import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the records' JSON methods have in common. Writers write what they are given: null and empty
 * collections as null, as Go writes its nil.
 */
public final class JsonFields {
  private JsonFields() {}

  public static Quantity readQuantity(FieldReader in) {
    return quantity(in.readTree());
  }

  private static Quantity quantity(Json value) {
    // Upstream's UnmarshalJSON (apimachinery/pkg/api/resource/quantity.go) parses numbers too.
    return switch (value) {
      case Json.Str(String text) -> parse(text);
      case Json.Int(long number) -> parse(Long.toString(number));
      case Json.Num(double number) -> parse(Double.toString(number));
      case Json.Null _ -> Quantity.ZERO;
      case Json.Bool _, Json.Obj _, Json.Arr _ -> parse("");
    };
  }

  static Quantity parse(String text) {
    try {
      return Quantity.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CodecException(String.valueOf(e.getMessage()));
    }
  }

  public static IntOrString readIntOrString(FieldReader in) {
    return switch (in.readTree()) {
      case Json.Str(String text) -> IntOrString.of(text);
      case Json.Int(long number) when number == (int) number -> IntOrString.of((int) number);
      case Json.Int(long number) ->
          throw new CodecException(
              "json: cannot unmarshal number " + number + " into Go value of type int32");
      case Json.Num(double number) ->
          throw new CodecException(
              "json: cannot unmarshal number " + number + " into Go value of type int32");
      case Json.Null _ -> IntOrString.Int.ZERO;
      case Json.Bool _ ->
          throw new CodecException("json: cannot unmarshal bool into Go value of type int32");
      case Json.Obj _ ->
          throw new CodecException("json: cannot unmarshal object into Go value of type int32");
      case Json.Arr _ ->
          throw new CodecException("json: cannot unmarshal array into Go value of type int32");
    };
  }

  /** Whatever is in it, it stands for its presence. */
  public static Json readEmptyObject(FieldReader in) {
    in.skip();
    return Json.Obj.EMPTY;
  }

  public static List<String> readStringList(FieldReader in) {
    return readStringList(in, "string");
  }

  /**
   * @param goType of an element, as Go names it
   */
  public static List<String> readStringList(FieldReader in, String goType) {
    return list(in, "[]" + goType, element -> element.readString(goType));
  }

  public static List<Integer> readIntList(FieldReader in) {
    return list(in, "[]int32", FieldReader::readInt);
  }

  public static List<Long> readLongList(FieldReader in) {
    return list(in, "[]int64", FieldReader::readLong);
  }

  public static List<Boolean> readBooleanList(FieldReader in) {
    return list(in, "[]bool", FieldReader::readBoolean);
  }

  public static List<Quantity> readQuantityList(FieldReader in) {
    return list(in, "[]resource.Quantity", JsonFields::readQuantity);
  }

  public static List<Json> readAnyList(FieldReader in) {
    return list(in, "[]v1.JSON", FieldReader::readTree);
  }

  public static Map<String, String> readStringMap(FieldReader in) {
    return map(in, "map[string]string", FieldReader::readString);
  }

  public static Map<String, Quantity> readQuantityMap(FieldReader in) {
    return map(in, "v1.ResourceList", JsonFields::readQuantity);
  }

  public static Map<String, Bytes> readBytesMap(FieldReader in) {
    return map(in, "map[string][]uint8", FieldReader::readBytes);
  }

  public static Map<String, List<String>> readStringListMap(FieldReader in) {
    return map(in, "map[string]v1.ExtraValue", JsonFields::readStringList);
  }

  public static Map<String, Json> readAnyMap(FieldReader in) {
    return map(in, "map[string]v1.JSON", FieldReader::readTree);
  }

  public static Map<String, Instant> readTimeMap(FieldReader in) {
    Map<String, Instant> map = new LinkedHashMap<>();
    in.beginObject("map[string]v1.Time");
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      Instant time = in.readInstant();
      if (time != null) {
        map.put(name, time);
      }
    }
    return map;
  }

  private static <T> List<T> list(FieldReader in, String goType, Function<FieldReader, T> read) {
    List<T> list = new ArrayList<>();
    in.beginArray(goType);
    while (in.nextElement()) {
      list.add(read.apply(in));
    }
    return list;
  }

  private static <T> Map<String, T> map(
      FieldReader in, String goType, Function<FieldReader, T> read) {
    Map<String, T> map = new LinkedHashMap<>();
    in.beginObject(goType);
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      map.put(name, read.apply(in));
    }
    return map;
  }

  public static void writeString(FieldWriter out, String name, @Nullable String value) {
    out.name(name);
    if (value == null) {
      out.writeNull();
    } else {
      out.writeString(value);
    }
  }

  public static void writeInt(FieldWriter out, String name, int value) {
    out.name(name);
    out.writeLong(value);
  }

  public static void writeLong(FieldWriter out, String name, long value) {
    out.name(name);
    out.writeLong(value);
  }

  public static void writeDouble(FieldWriter out, String name, double value) {
    out.name(name);
    out.writeDouble(value);
  }

  public static void writeBoolean(FieldWriter out, String name, boolean value) {
    out.name(name);
    out.writeBoolean(value);
  }

  public static void writeBytes(FieldWriter out, String name, Bytes value) {
    out.name(name);
    if (value.isEmpty()) {
      out.writeNull();
    } else {
      out.writeBytes(value);
    }
  }

  public static void writeTime(FieldWriter out, String name, @Nullable Instant value) {
    out.name(name);
    if (value == null) {
      out.writeNull();
    } else {
      out.writeTime(value);
    }
  }

  public static void writeMicroTime(FieldWriter out, String name, @Nullable Instant value) {
    out.name(name);
    if (value == null) {
      out.writeNull();
    } else {
      out.writeMicroTime(value);
    }
  }

  public static void writeQuantity(FieldWriter out, String name, @Nullable Quantity value) {
    writeString(out, name, value == null ? null : value.toString());
  }

  public static void writeIntOrString(FieldWriter out, String name, @Nullable IntOrString value) {
    out.name(name);
    switch (value) {
      case null -> out.writeNull();
      case IntOrString.Int(int number) -> out.writeLong(number);
      case IntOrString.Text(String text) -> out.writeString(text);
    }
  }

  public static void writeAny(FieldWriter out, String name, @Nullable Json value) {
    out.name(name);
    if (value == null) {
      out.writeNull();
    } else {
      out.writeTree(value);
    }
  }

  public static void writeStringList(FieldWriter out, String name, List<String> list) {
    out.name(name);
    writeElements(out, list, FieldWriter::writeString);
  }

  public static void writeIntList(FieldWriter out, String name, List<Integer> list) {
    out.name(name);
    writeElements(out, list, (to, value) -> to.writeLong(value));
  }

  public static void writeLongList(FieldWriter out, String name, List<Long> list) {
    out.name(name);
    writeElements(out, list, FieldWriter::writeLong);
  }

  public static void writeBooleanList(FieldWriter out, String name, List<Boolean> list) {
    out.name(name);
    writeElements(out, list, FieldWriter::writeBoolean);
  }

  public static void writeQuantityList(FieldWriter out, String name, List<Quantity> list) {
    out.name(name);
    writeElements(out, list, (to, value) -> to.writeString(value.toString()));
  }

  public static void writeAnyList(FieldWriter out, String name, List<Json> list) {
    out.name(name);
    writeElements(out, list, FieldWriter::writeTree);
  }

  public static void writeStringMap(FieldWriter out, String name, Map<String, String> map) {
    out.name(name);
    writeMembers(out, map, FieldWriter::writeString);
  }

  public static void writeQuantityMap(FieldWriter out, String name, Map<String, Quantity> map) {
    out.name(name);
    writeMembers(out, map, (to, value) -> to.writeString(value.toString()));
  }

  public static void writeBytesMap(FieldWriter out, String name, Map<String, Bytes> map) {
    out.name(name);
    writeMembers(out, map, FieldWriter::writeBytes);
  }

  public static void writeStringListMap(
      FieldWriter out, String name, Map<String, List<String>> map) {
    out.name(name);
    writeMembers(out, map, (to, value) -> writeElements(to, value, FieldWriter::writeString));
  }

  public static void writeTimeMap(FieldWriter out, String name, Map<String, Instant> map) {
    out.name(name);
    writeMembers(out, map, FieldWriter::writeTime);
  }

  public static void writeAnyMap(FieldWriter out, String name, Map<String, Json> map) {
    out.name(name);
    writeMembers(out, map, FieldWriter::writeTree);
  }

  private static <T> void writeElements(
      FieldWriter out, List<T> list, BiConsumer<FieldWriter, T> write) {
    if (list.isEmpty()) {
      out.writeNull();
      return;
    }
    out.beginArray();
    for (T element : list) {
      write.accept(out, element);
    }
    out.endArray();
  }

  private static <T> void writeMembers(
      FieldWriter out, Map<String, T> map, BiConsumer<FieldWriter, T> write) {
    if (map.isEmpty()) {
      out.writeNull();
      return;
    }
    out.beginObject();
    for (Map.Entry<String, T> entry : map.entrySet()) {
      out.name(entry.getKey());
      write.accept(out, entry.getValue());
    }
    out.endObject();
  }
}
