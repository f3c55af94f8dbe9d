package io.tiphys.cel.type;

import java.util.Optional;

/** Knows the types of objects that an environment declares, by name. */
public interface TypeProvider {
  TypeProvider NONE =
      new TypeProvider() {
        @Override
        public Optional<CelType> find(String name) {
          return Optional.empty();
        }

        @Override
        public Optional<CelType> field(String type, String field) {
          return Optional.empty();
        }
      };

  Optional<CelType> find(String name);

  /** The type of a field; empty where the type has no such field. */
  Optional<CelType> field(String type, String field);
}
