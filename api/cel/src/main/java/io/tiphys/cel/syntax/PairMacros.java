package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Macro.Refused;
import io.tiphys.cel.syntax.Macros.Variables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Macros with two variables: index or key, and value (cel-go's ext/comprehensions.go). */
public final class PairMacros {
  /** The function that puts entries into a map that grows. */
  public static final String INSERT = "cel.@mapInsert";

  public static final List<Macro> ALL =
      List.of(
          new Macro(
              "all", 3, true, (make, range, in) -> Macros.all(make, range, pair(in), in.get(2))),
          new Macro(
              "exists",
              3,
              true,
              (make, range, in) -> Macros.exists(make, range, pair(in), in.get(2))),
          new Macro(
              "existsOne",
              3,
              true,
              (make, range, in) -> Macros.one(make, range, pair(in), in.get(2))),
          new Macro(
              "exists_one",
              3,
              true,
              (make, range, in) -> Macros.one(make, range, pair(in), in.get(2))),
          new Macro("transformList", 3, true, PairMacros::list),
          new Macro("transformList", 4, true, PairMacros::list),
          new Macro("transformMap", 3, true, PairMacros::map),
          new Macro("transformMap", 4, true, PairMacros::map),
          new Macro("transformMapEntry", 3, true, PairMacros::entries),
          new Macro("transformMapEntry", 4, true, PairMacros::entries));

  private PairMacros() {}

  private static Variables pair(List<Expr> in) throws Refused {
    String first = name(in.get(0));
    String second = name(in.get(1));
    if (first.equals(second)) {
      throw new Refused(in.get(1), "duplicate variable name: " + first);
    }
    Macros.variable(in.get(0), "");
    Macros.variable(in.get(1), "");
    return new Variables(first, second);
  }

  private static String name(Expr expr) throws Refused {
    if (expr instanceof Expr.Ident(int _, String name)) {
      return name;
    }
    throw new Refused(expr, "argument must be a simple name");
  }

  private static @Nullable Expr filter(List<Expr> in) {
    return in.size() == 4 ? in.get(2) : null;
  }

  private static Expr list(ExprFactory.At make, @Nullable Expr range, List<Expr> in)
      throws Refused {
    return Macros.list(make, range, pair(in), filter(in), in.getLast());
  }

  private static Expr map(ExprFactory.At make, @Nullable Expr range, List<Expr> in) throws Refused {
    Variables names = pair(in);
    Expr step = make.call(INSERT, make.accumulator(), make.ident(names.first()), in.getLast());
    return gather(make, range, names, in, step);
  }

  private static Expr entries(ExprFactory.At make, @Nullable Expr range, List<Expr> in)
      throws Refused {
    Variables names = pair(in);
    return gather(make, range, names, in, make.call(INSERT, make.accumulator(), in.getLast()));
  }

  private static Expr gather(
      ExprFactory.At make, @Nullable Expr range, Variables names, List<Expr> in, Expr step) {
    Expr initial = make.map();
    Expr condition = make.literal(Constant.TRUE);
    return Macros.gather(make, range, names, filter(in), initial, condition, step);
  }
}
