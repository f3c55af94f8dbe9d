package io.tiphys.cel.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of an expression's tree. Its number is unique in the tree. */
public sealed interface Expr {
  int id();

  /** What a macro or a mistake left without a form. */
  record Unspecified(int id) implements Expr {}

  record Literal(int id, Constant value) implements Expr {}

  /** A name, with a dot in front where it was written so. */
  record Ident(int id, String name) implements Expr {}

  /**
   * A field of an operand.
   *
   * @param test only whether it is there: {@code has(a.b)}
   */
  record Select(int id, Expr operand, String field, boolean test) implements Expr {}

  /**
   * A function or operator.
   *
   * @param target of a call as a member; null otherwise
   */
  record Call(int id, @Nullable Expr target, String function, List<Expr> arguments)
      implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A list written out.
   *
   * @param optional the indices of elements that may be absent
   */
  record ListOf(int id, List<Expr> elements, List<Integer> optional) implements Expr {
    public ListOf {
      elements = List.copyOf(elements);
      optional = List.copyOf(optional);
    }
  }

  /** A map written out. */
  record MapOf(int id, List<Entry> entries) implements Expr {
    public MapOf {
      entries = List.copyOf(entries);
    }
  }

  record Entry(int id, Expr key, Expr value, boolean optional) {}

  /** An object of a named type. */
  record Struct(int id, String type, List<Field> fields) implements Expr {
    public Struct {
      fields = List.copyOf(fields);
    }
  }

  record Field(int id, String name, Expr value, boolean optional) {}

  /**
   * A loop over a list or map, that macros expand to.
   *
   * @param second name of the value beside that of the index or key; empty with one variable
   */
  record Comprehension(
      int id,
      Expr range,
      String variable,
      String second,
      String accumulator,
      Expr initial,
      Expr condition,
      Expr step,
      Expr result)
      implements Expr {
    public boolean hasTwoVariables() {
      return !second.isEmpty();
    }
  }
}
