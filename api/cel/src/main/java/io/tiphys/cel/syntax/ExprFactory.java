package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Expr.Call;
import io.tiphys.cel.syntax.Expr.Comprehension;
import io.tiphys.cel.syntax.Expr.Ident;
import io.tiphys.cel.syntax.Expr.ListOf;
import io.tiphys.cel.syntax.Expr.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the nodes of one expression's tree: numbers them and knows where each stands. */
public final class ExprFactory {
  /** What comprehensions gather in; no text can name it. */
  public static final String ACCUMULATOR = "@result";

  /** The name that accumulators once had, which variables still may not take. */
  static final String OLD_ACCUMULATOR = "__result__";

  /** Macros that use an argument twice double what they are used on: no more nodes are made. */
  private static final int MOST = 500_000;

  private final Map<Integer, Call> macros = new HashMap<>();
  private int[] offsets = new int[16];
  private int[] depths = new int[16];
  private int last;

  /** A number for a node that stands at an offset. */
  int id(int offset) {
    if (isFull()) {
      throw new TokenStream.GivenUp();
    }
    last++;
    if (last == offsets.length) {
      offsets = Arrays.copyOf(offsets, last * 2);
      depths = Arrays.copyOf(depths, last * 2);
    }
    offsets[last] = offset;
    return last;
  }

  boolean isFull() {
    return last >= MOST;
  }

  /** A number for a node that a macro makes at the place of another. */
  int idBeside(int id) {
    return id(offset(id));
  }

  /** Where a node stands; -1 for none. */
  int offset(int id) {
    return id > 0 && id <= last ? offsets[id] : -1;
  }

  /** How many operators, members and conditionals lie in one another below a node. */
  int depth(Expr expr) {
    return expr.id() > 0 && expr.id() <= last ? depths[expr.id()] : 0;
  }

  void setDepth(Expr expr, int depth) {
    if (expr.id() > 0) {
      depths[expr.id()] = Math.max(depths[expr.id()], depth);
    }
  }

  /** Remembers how a macro was written, for whoever writes the expression out again. */
  void expanded(Expr to, Call from) {
    macros.put(to.id(), from);
  }

  int[] offsets() {
    return Arrays.copyOf(offsets, last + 1);
  }

  Map<Integer, Call> macros() {
    return Map.copyOf(macros);
  }

  /** The nodes that a macro at one place makes. */
  public final class At {
    private final int place;

    At(int place) {
      this.place = place;
    }

    public Expr literal(Constant value) {
      return new Literal(idBeside(place), value);
    }

    public Expr ident(String name) {
      return new Ident(idBeside(place), name);
    }

    public Expr accumulator() {
      return ident(ACCUMULATOR);
    }

    public Expr list(Expr... elements) {
      return new ListOf(idBeside(place), List.of(elements), List.of());
    }

    public Expr map() {
      return new Expr.MapOf(idBeside(place), List.of());
    }

    public Expr call(String function, Expr... arguments) {
      return new Call(idBeside(place), null, function, List.of(arguments));
    }

    public Expr member(Expr target, String function, Expr... arguments) {
      return new Call(idBeside(place), target, function, List.of(arguments));
    }

    /** The same again, for macros that use an argument twice. */
    public Expr copy(Expr expr) {
      return ExprFactory.this.copy(expr);
    }

    public Expr presence(Expr operand, String field) {
      return new Expr.Select(idBeside(place), operand, field, true);
    }

    public Expr loop(
        Expr range, String variable, String second, Expr initial, Expr until, Expr step, Expr end) {
      return loop(range, variable, second, ACCUMULATOR, initial, until, step, end);
    }

    public Expr loop(
        Expr range,
        String variable,
        String second,
        String accumulator,
        Expr initial,
        Expr until,
        Expr step,
        Expr end) {
      int id = idBeside(place);
      return new Comprehension(id, range, variable, second, accumulator, initial, until, step, end);
    }
  }

  At at(int id) {
    return new At(id);
  }

  private Expr copy(Expr expr) {
    int id = idBeside(expr.id());
    return switch (expr) {
      case Expr.Unspecified _ -> new Expr.Unspecified(id);
      case Literal(int _, Constant value) -> new Literal(id, value);
      case Ident(int _, String name) -> new Ident(id, name);
      case Expr.Select select ->
          new Expr.Select(id, copy(select.operand()), select.field(), select.test());
      case Call call ->
          new Call(
              id,
              call.target() == null ? null : copy(call.target()),
              call.function(),
              copies(call.arguments()));
      case ListOf list -> new ListOf(id, copies(list.elements()), list.optional());
      case Expr.MapOf map -> {
        List<Expr.Entry> entries = new ArrayList<>();
        for (Expr.Entry entry : map.entries()) {
          entries.add(
              new Expr.Entry(
                  idBeside(entry.id()), copy(entry.key()), copy(entry.value()), entry.optional()));
        }
        yield new Expr.MapOf(id, entries);
      }
      case Expr.Struct struct -> {
        List<Expr.Field> fields = new ArrayList<>();
        for (Expr.Field field : struct.fields()) {
          fields.add(
              new Expr.Field(
                  idBeside(field.id()), field.name(), copy(field.value()), field.optional()));
        }
        yield new Expr.Struct(id, struct.type(), fields);
      }
      case Comprehension loop ->
          new Comprehension(
              id,
              copy(loop.range()),
              loop.variable(),
              loop.second(),
              loop.accumulator(),
              copy(loop.initial()),
              copy(loop.condition()),
              copy(loop.step()),
              copy(loop.result()));
    };
  }

  private List<Expr> copies(List<Expr> all) {
    List<Expr> copies = new ArrayList<>();
    all.forEach(each -> copies.add(copy(each)));
    return copies;
  }
}
