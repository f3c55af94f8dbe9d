package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Macro.Refused;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code sortBy(x, key)}: sorts by keys that a loop works out first (cel-go's ext/lists.go). */
public final class SortMacro {
  /** The function that sorts one list by the keys in another. */
  public static final String SORT = "@sortByAssociatedKeys";

  public static final Macro MACRO = new Macro("sortBy", 2, true, SortMacro::expand);
  private static final String INPUT = "@__sortBy_input__";

  private SortMacro() {}

  private static Expr expand(ExprFactory.At make, @Nullable Expr target, List<Expr> in)
      throws Refused {
    Expr list = Objects.requireNonNull(target);
    if (list instanceof Expr.Literal || list instanceof Expr.MapOf || list instanceof Expr.Struct) {
      throw new Refused(
          list,
          "sortBy can only be applied to a list, identifier, comprehension, call or select"
              + " expression");
    }
    String name = Macros.variable(in.getFirst(), "argument is not an identifier");
    Expr keys =
        Macros.list(make, make.ident(INPUT), new Macros.Variables(name, ""), null, in.getLast());
    Expr sorted = make.member(make.ident(INPUT), SORT, keys);
    return make.loop(
        make.list(),
        "#unused",
        "",
        INPUT,
        list,
        make.literal(Constant.FALSE),
        make.ident(INPUT),
        sorted);
  }
}
