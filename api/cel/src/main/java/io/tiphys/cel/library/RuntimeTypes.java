package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Whether values are of the types a function wants, as far as that shows at run time. */
public final class RuntimeTypes {
  private RuntimeTypes() {}

  public static boolean fits(Overload overload, Value[] arguments) {
    List<CelType> wanted = overload.arguments();
    if (wanted.size() != arguments.length) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      boolean fits =
          arguments[i].isError() ? overload.nonStrict() : fits(wanted.get(i), arguments[i]);
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Of lists and maps the first element is looked at. */
  private static boolean fits(CelType wanted, Value value) {
    return switch (wanted.kind()) {
      case DYN, ANY, TYPE_PARAMETER -> true;
      case LIST ->
          value instanceof ListValue list
              && (list.size() == 0 || fits(wanted.parameters().getFirst(), list.get(0)));
      case MAP ->
          value instanceof MapValue map
              && map.type().name().equals(wanted.name())
              && (map.keys().isEmpty() || entryFits(wanted, map));
      default -> wanted.name().equals(value.type().name());
    };
  }

  private static boolean entryFits(CelType wanted, MapValue map) {
    Value key = map.keys().getFirst();
    Value value = map.find(key);
    return fits(wanted.parameters().getFirst(), key)
        && value != null
        && fits(wanted.parameters().get(1), value);
  }

  /** The message about arguments that no form of a function takes. */
  public static String unfit(String function, Value[] arguments) {
    List<String> types = new ArrayList<>();
    for (Value argument : arguments) {
      types.add(argument.type().name());
    }
    return "no such overload: " + function + "(" + String.join(", ", types) + ")";
  }
}
