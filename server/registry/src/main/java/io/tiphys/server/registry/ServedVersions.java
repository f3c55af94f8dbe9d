package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.meta.apply.Typed;
import io.tiphys.rules.Conversion;
import io.tiphys.server.kinds.ServedKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one stored kind in every version in which clients write them, so that a manager
 * keeps its fields when another manager writes in another version.
 *
 * @param <S> the stored kind
 */
final class ServedVersions<S extends ApiObject> implements Typed.Versions {
  private final Map<String, Version<?, S>> byApiVersion = new HashMap<>();

  private ServedVersions() {}

  private record Version<T extends ApiObject, S extends ApiObject>(
      ObjectType<T> type, Function<T, S> toStored, Function<S, T> fromStored) {
    S stored(Json.Obj object) {
      return toStored.apply(ObjectCodec.fromTree(type, object));
    }

    Typed of(S stored) {
      return new Typed(ObjectCodec.toTree(type, fromStored.apply(stored)), type.schema());
    }
  }

  /**
   * The versions of what is stored as {@code stored}.
   *
   * @param kinds all that show it
   */
  static <S extends ApiObject> ServedVersions<S> of(Resource<S> stored, List<ServedKind<?>> kinds) {
    ServedVersions<S> versions = new ServedVersions<>();
    versions.add(new Version<>(stored.type(), object -> object, object -> object));
    for (ServedKind<?> kind : kinds) {
      kind.rules()
          .conversion()
          .ifPresent(conversion -> versions.add(conversion, kind.resource(), stored));
    }
    return versions;
  }

  /** The versions by name. */
  Set<String> apiVersions() {
    return Set.copyOf(byApiVersion.keySet());
  }

  @SuppressWarnings("unchecked") // a conversion to the stored kind is one of that kind
  private <T extends ApiObject> void add(
      Conversion<?, ?> conversion, Resource<T> resource, Resource<S> stored) {
    if (conversion.stored().equals(stored)) {
      Conversion<T, S> known = (Conversion<T, S>) conversion;
      add(
          new Version<>(
              resource.type(), object -> known.toStored(object, null), known::fromStored));
    }
  }

  private void add(Version<?, S> version) {
    byApiVersion.put(version.type.gvk().apiVersion(), version);
  }

  @Override
  public @Nullable Typed convert(Typed object, String apiVersion) {
    Version<?, S> wanted = byApiVersion.get(apiVersion);
    Version<?, S> present =
        object.value().get("apiVersion") instanceof Json.Str(String text)
            ? byApiVersion.get(text)
            : null;
    if (wanted == null || present == null) {
      return null;
    }
    Typed converted = wanted.of(present.stored(object.value()));
    return new Typed(withoutManagedFields(converted.value()), converted.schema());
  }

  private static Json.Obj withoutManagedFields(Json.Obj object) {
    return object.get("metadata") instanceof Json.Obj metadata
        ? object.with("metadata", metadata.without("managedFields"))
        : object;
  }
}
