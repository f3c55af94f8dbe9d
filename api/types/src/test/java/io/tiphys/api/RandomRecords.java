package io.tiphys.api;

import io.tiphys.codec.Bytes;
import io.tiphys.codec.Json;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Quantity;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes records of any type from a seed. */
final class RandomRecords {
  /**
   * Structs in one value: schemas branch without end, and a pod alone has some 150 kinds of part.
   */
  private static final int MAX_STRUCTS = 200;

  /** Half of what protobuf-java reads, for a schema nests two messages a level. */
  private static final int MAX_DEPTH = 40;

  private static final List<String> QUANTITIES =
      List.of("0", "1", "100m", "1500m", "64Mi", "1Gi", "3k", "12e6", "250u");
  private static final List<String> TEXTS =
      List.of("", "a", "web-0", "Größe", "日本", "\"quoted\"\n\t\\", "</script>", "\u2028", "😀");

  private final Random random;
  private int structs;
  private int depth;

  RandomRecords(long seed) {
    random = new Random(seed);
  }

  Object next(Class<? extends Record> type) {
    structs = 0;
    return struct(type);
  }

  private Object struct(Class<?> type) {
    structs++;
    depth++;
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = component(components[i]);
    }
    depth--;
    try {
      Class<?>[] parameters =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.getName(), e);
    }
  }

  private @Nullable Object component(RecordComponent component) {
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (nullable && (isFull() || random.nextInt(3) == 0)) {
      return null;
    }
    String owner = component.getDeclaringRecord().getSimpleName();
    return value(component.getGenericType(), owner + "." + component.getName());
  }

  private Object value(Type type, String where) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      int size = isFull() ? 0 : random.nextInt(3);
      return generic.getRawType() == List.class
          ? list(arguments[0], where, size)
          : map(arguments[1], where, size);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == String.class) {
      return text();
    } else if (raw == int.class || raw == Integer.class) {
      return random.nextBoolean() ? 0 : random.nextInt();
    } else if (raw == long.class || raw == Long.class) {
      return random.nextBoolean() ? 0L : random.nextLong();
    } else if (raw == boolean.class || raw == Boolean.class) {
      return random.nextBoolean();
    } else if (raw == double.class || raw == Double.class) {
      return random.nextInt(1000) / 8.0;
    } else if (raw == Bytes.class) {
      byte[] bytes = new byte[random.nextInt(5)];
      random.nextBytes(bytes);
      return Bytes.copyOf(bytes);
    } else if (raw == Instant.class) {
      return Instant.ofEpochSecond(
          1 + random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
    } else if (raw == Quantity.class) {
      return Quantity.parse(pick(QUANTITIES));
    } else if (raw == IntOrString.class) {
      return random.nextBoolean() ? IntOrString.of(random.nextInt(99)) : IntOrString.of("25%");
    } else if (raw == Json.class) {
      return tree(where);
    }
    return struct(raw);
  }

  private boolean isFull() {
    return structs >= MAX_STRUCTS || depth >= MAX_DEPTH;
  }

  private List<Object> list(Type element, String where, int size) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(value(element, where));
    }
    return list;
  }

  private Map<String, Object> map(Type element, String where, int size) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      Object value = value(element, where);
      // Go writes an empty list within a map as null and reads it as an empty one again: skipped.
      if (!value.equals(List.of())) {
        map.put("key-" + random.nextInt(100), value);
      }
    }
    return map;
  }

  private Json tree(String where) {
    Json schema = new Json.Obj(Map.of("type", new Json.Str("string")));
    return switch (where) {
      case "CustomResourceSubresources.status" -> Json.Obj.EMPTY;
      case "JSONSchemaProps.items" ->
          random.nextBoolean() ? schema : new Json.Arr(List.of(schema, schema));
      case "JSONSchemaProps.additionalItems", "JSONSchemaProps.additionalProperties" ->
          random.nextBoolean() ? schema : new Json.Bool(random.nextBoolean());
      case "JSONSchemaProps.dependencies" ->
          random.nextBoolean() ? schema : new Json.Arr(List.of(new Json.Str("other")));
      default ->
          new Json.Obj(
              Map.of(
                  "text", new Json.Str(text()),
                  "number", new Json.Int(random.nextLong()),
                  "list", new Json.Arr(List.of(new Json.Bool(true), Json.Null.NULL))));
    };
  }

  private String text() {
    return pick(TEXTS);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
