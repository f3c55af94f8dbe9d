package io.tiphys.cel.schema;

import io.tiphys.cel.cost.CostNode;
import io.tiphys.cel.cost.Range;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.TypeProvider;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The type of a value with a schema, and how large it may be (apiserver/pkg/cel/types.go).
 *
 * @param type of objects without the fields, which are asked by name
 * @param fields of an object, by the name in expressions; null for other types
 * @param key of a map
 * @param element of a list or map
 * @param most elements, entries or characters
 * @param leastBytes of the value as JSON
 */
public record DeclaredType(
    CelType type,
    @Nullable Map<String, DeclaredType> fields,
    @Nullable DeclaredType key,
    @Nullable DeclaredType element,
    long most,
    long leastBytes) {

  static DeclaredType simple(CelType type, long most, long leastBytes) {
    return new DeclaredType(type, null, null, null, most, leastBytes);
  }

  static DeclaredType list(DeclaredType element, long most) {
    return new DeclaredType(CelType.list(element.type), null, null, element, most, 2);
  }

  static DeclaredType map(DeclaredType key, DeclaredType element, long most) {
    CelType type = CelType.map(key.type, element.type);
    return new DeclaredType(type, null, key, element, most, 2);
  }

  /** With names for the objects in it, from the way to them. */
  public DeclaredType named(String name) {
    if (fields != null) {
      Map<String, DeclaredType> named = new LinkedHashMap<>();
      fields.forEach((field, type) -> named.put(field, type.named(name + "." + field)));
      return new DeclaredType(CelType.struct(name), named, null, null, most, leastBytes);
    }
    if (element == null) {
      return this;
    }
    return key == null
        ? list(element.named(name + ".@idx"), most)
        : map(key, element.named(name + ".@elem"), most);
  }

  /** Knows the objects in this type, which must have names. */
  public TypeProvider provider() {
    Map<String, DeclaredType> objects = new HashMap<>();
    collect(objects);
    return new TypeProvider() {
      @Override
      public Optional<CelType> find(String name) {
        return Optional.ofNullable(objects.get(name)).map(DeclaredType::type);
      }

      @Override
      public Optional<CelType> field(String type, String field) {
        DeclaredType object = objects.get(type);
        return object == null || object.fields == null
            ? Optional.empty()
            : Optional.ofNullable(object.fields.get(field)).map(DeclaredType::type);
      }
    };
  }

  private void collect(Map<String, DeclaredType> objects) {
    if (fields != null) {
      objects.put(type.name(), this);
      fields.values().forEach(field -> field.collect(objects));
    }
    if (element != null) {
      element.collect(objects);
    }
  }

  /** How large a part of a variable of this type may be; null for what is no part of it. */
  public @Nullable Range size(CostNode node) {
    if (node.path().isEmpty()) {
      return null;
    }
    DeclaredType at = this;
    for (String name : node.path().subList(1, node.path().size())) {
      at = at.part(name);
      if (at == null) {
        return null;
      }
    }
    return new Range(0, at.most);
  }

  private @Nullable DeclaredType part(String name) {
    return switch (name) {
      case "@items", "@values" -> element;
      case "@keys" -> key;
      default -> fields == null ? null : fields.get(name);
    };
  }

  /** How many of it a request can hold. */
  public long mostInARequest() {
    return DeclaredTypes.REQUEST_BYTES / (leastBytes + 1);
  }

  /** Of a field; null where it has none of that name. */
  public @Nullable DeclaredType field(String name) {
    return fields == null ? null : fields.get(name);
  }
}
