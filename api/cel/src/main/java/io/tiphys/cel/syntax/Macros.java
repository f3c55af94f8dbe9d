package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Macro.Refused;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The macros of every environment, as cel-go expands them (parser/macro.go). */
public final class Macros {
  private static final String OVERWRITES = "iteration variable overwrites accumulator variable";

  public static final List<Macro> STANDARD =
      List.of(
          new Macro("has", 1, false, Macros::has),
          new Macro("all", 2, true, (make, range, in) -> all(make, range, simple(in), in.get(1))),
          new Macro(
              "exists", 2, true, (make, range, in) -> exists(make, range, simple(in), in.get(1))),
          new Macro(
              "exists_one", 2, true, (make, range, in) -> one(make, range, simple(in), in.get(1))),
          new Macro(
              "existsOne", 2, true, (make, range, in) -> one(make, range, simple(in), in.get(1))),
          new Macro("map", 2, true, Macros::map),
          new Macro("map", 3, true, Macros::map),
          new Macro("filter", 2, true, Macros::filter));

  private Macros() {}

  /** The variables of a loop; the second is empty with one. */
  record Variables(String first, String second) {}

  private static Expr has(ExprFactory.At make, @Nullable Expr target, List<Expr> in)
      throws Refused {
    if (in.getFirst() instanceof Expr.Select select) {
      return make.presence(select.operand(), select.field());
    }
    throw new Refused(in.getFirst(), "invalid argument to has() macro");
  }

  private static Variables simple(List<Expr> in) throws Refused {
    return new Variables(variable(in.getFirst(), "argument must be a simple name"), "");
  }

  static String variable(Expr expr, String otherwise) throws Refused {
    if (!(expr instanceof Expr.Ident(int _, String name))) {
      throw new Refused(expr, otherwise);
    }
    if (isAccumulator(name)) {
      throw new Refused(expr, OVERWRITES);
    }
    return name;
  }

  private static boolean isAccumulator(String name) {
    return name.equals(ExprFactory.ACCUMULATOR) || name.equals(ExprFactory.OLD_ACCUMULATOR);
  }

  static Expr all(ExprFactory.At make, @Nullable Expr range, Variables names, Expr predicate) {
    return make.loop(
        Objects.requireNonNull(range),
        names.first,
        names.second,
        make.literal(Constant.TRUE),
        make.call(Operators.NOT_STRICTLY_FALSE, make.accumulator()),
        make.call(Operators.AND, make.accumulator(), predicate),
        make.accumulator());
  }

  static Expr exists(ExprFactory.At make, @Nullable Expr range, Variables names, Expr predicate) {
    return make.loop(
        Objects.requireNonNull(range),
        names.first,
        names.second,
        make.literal(Constant.FALSE),
        make.call(Operators.NOT_STRICTLY_FALSE, make.call(Operators.NOT, make.accumulator())),
        make.call(Operators.OR, make.accumulator(), predicate),
        make.accumulator());
  }

  static Expr one(ExprFactory.At make, @Nullable Expr range, Variables names, Expr predicate) {
    Constant.Int single = new Constant.Int(1);
    return make.loop(
        Objects.requireNonNull(range),
        names.first,
        names.second,
        make.literal(new Constant.Int(0)),
        make.literal(Constant.TRUE),
        make.call(
            Operators.CONDITIONAL,
            predicate,
            make.call(Operators.ADD, make.accumulator(), make.literal(single)),
            make.accumulator()),
        make.call(Operators.EQUALS, make.accumulator(), make.literal(single)));
  }

  private static Expr map(ExprFactory.At make, @Nullable Expr range, List<Expr> in) throws Refused {
    String name = variable(in.getFirst(), "argument is not an identifier");
    Expr filter = in.size() == 3 ? in.get(1) : null;
    return list(make, range, new Variables(name, ""), filter, in.getLast());
  }

  private static Expr filter(ExprFactory.At make, @Nullable Expr range, List<Expr> in)
      throws Refused {
    String name = variable(in.getFirst(), "argument is not an identifier");
    return list(make, range, new Variables(name, ""), in.get(1), in.getFirst());
  }

  static Expr list(
      ExprFactory.At make,
      @Nullable Expr range,
      Variables names,
      @Nullable Expr filter,
      Expr element) {
    Expr initial = make.list();
    Expr condition = make.literal(Constant.TRUE);
    Expr step = make.call(Operators.ADD, make.accumulator(), make.list(element));
    return gather(make, range, names, filter, initial, condition, step);
  }

  /** A loop whose steps that a filter does not let pass change nothing. */
  static Expr gather(
      ExprFactory.At make,
      @Nullable Expr range,
      Variables names,
      @Nullable Expr filter,
      Expr initial,
      Expr condition,
      Expr step) {
    Expr filtered =
        filter == null ? step : make.call(Operators.CONDITIONAL, filter, step, make.accumulator());
    return make.loop(
        Objects.requireNonNull(range),
        names.first,
        names.second,
        initial,
        condition,
        filtered,
        make.accumulator());
  }
}
