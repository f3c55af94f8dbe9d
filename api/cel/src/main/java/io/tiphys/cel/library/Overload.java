package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One form of a function.
 *
 * @param member whether it stands behind a dot; its target is then the first argument
 * @param implementation null where the interpreter or the function as a whole knows what to do
 * @param nonStrict whether it also takes errors
 */
public record Overload(
    String id,
    boolean member,
    List<CelType> arguments,
    CelType result,
    @Nullable Implementation implementation,
    boolean nonStrict) {

  public Overload {
    arguments = List.copyOf(arguments);
  }

  /** A free function. */
  public static Overload free(
      String id, List<CelType> arguments, CelType result, @Nullable Implementation does) {
    return new Overload(id, false, arguments, result, does, false);
  }

  /** A function behind a dot. */
  public static Overload member(
      String id, List<CelType> arguments, CelType result, @Nullable Implementation does) {
    return new Overload(id, true, arguments, result, does, false);
  }

  public static Overload unary(
      String id, CelType argument, CelType result, Implementation.Unary does) {
    return free(id, List.of(argument), result, Implementation.of(does));
  }

  public static Overload binary(
      String id, CelType first, CelType second, CelType result, Implementation.Binary does) {
    return free(id, List.of(first, second), result, Implementation.of(does));
  }

  public static Overload accessor(
      String id, CelType target, CelType result, Implementation.Unary does) {
    return member(id, List.of(target), result, Implementation.of(does));
  }

  public static Overload method(
      String id, CelType target, CelType argument, CelType result, Implementation.Binary does) {
    return member(id, List.of(target, argument), result, Implementation.of(does));
  }

  /** The names that stand for any type. */
  public Set<String> typeParameters() {
    Set<String> names = new LinkedHashSet<>();
    List<CelType> all = new ArrayList<>(arguments);
    all.add(result);
    all.forEach(type -> collect(type, names));
    return names;
  }

  private static void collect(CelType type, Set<String> names) {
    if (type.kind() == io.tiphys.cel.type.Kind.TYPE_PARAMETER) {
      names.add(type.name());
    }
    type.parameters().forEach(each -> collect(each, names));
  }
}
