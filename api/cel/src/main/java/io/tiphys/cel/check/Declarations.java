package io.tiphys.cel.check;

import io.tiphys.cel.library.Function;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.TypeProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What expressions may name.
 *
 * @param variables by name, types among them
 * @param functions by name
 */
public record Declarations(
    Map<String, CelType> variables, Map<String, Function> functions, TypeProvider types) {

  /** The type of a name; null if nobody declared it. */
  @Nullable CelType variable(String name) {
    CelType declared = variables.get(name);
    return declared != null ? declared : types.find(name).map(CelType::typeOf).orElse(null);
  }

  @Nullable Function function(String name) {
    return functions.get(plain(name));
  }

  /** A name without the dot in front that says that it is a whole one. */
  static String plain(String name) {
    return name.startsWith(".") ? name.substring(1) : name;
  }
}
