package io.tiphys.cel.syntax;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a tree as text that parses to the same tree (cel-go's parser/unparser.go). */
public final class Unparser {
  private static final Map<String, Integer> BINDING =
      Map.ofEntries(
          Map.entry(Operators.CONDITIONAL, 0),
          Map.entry(Operators.OR, 1),
          Map.entry(Operators.AND, 2),
          Map.entry(Operators.EQUALS, 3),
          Map.entry(Operators.NOT_EQUALS, 3),
          Map.entry(Operators.LESS, 3),
          Map.entry(Operators.LESS_EQUALS, 3),
          Map.entry(Operators.GREATER, 3),
          Map.entry(Operators.GREATER_EQUALS, 3),
          Map.entry(Operators.IN, 3),
          Map.entry(Operators.ADD, 4),
          Map.entry(Operators.SUBTRACT, 4),
          Map.entry(Operators.MULTIPLY, 5),
          Map.entry(Operators.DIVIDE, 5),
          Map.entry(Operators.MODULO, 5),
          Map.entry(Operators.NEGATE, 6),
          Map.entry(Operators.NOT, 6));

  /** How much members bind. */
  private static final int MEMBER = 7;

  private final Map<Integer, Expr.Call> macros;

  private Unparser(Map<Integer, Expr.Call> macros) {
    this.macros = macros;
  }

  /** Macros are written as they were, not as what they became. */
  public static String write(Parsed parsed) {
    return new Unparser(parsed.macros()).write(parsed.root());
  }

  private String write(Expr expr) {
    Expr.Call macro = macros.get(expr.id());
    if (macro != null && !expr.equals(macro)) {
      return call(macro);
    }
    return switch (expr) {
      case Expr.Unspecified _ -> "";
      case Expr.Literal(int _, Constant value) -> constant(value);
      case Expr.Ident(int _, String name) -> name;
      case Expr.Select select -> {
        String path = within(select.operand(), MEMBER) + "." + select.field();
        yield select.test() ? "has(" + path + ")" : path;
      }
      case Expr.Call call -> call(call);
      case Expr.ListOf list -> {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < list.elements().size(); i++) {
          parts.add((list.optional().contains(i) ? "?" : "") + write(list.elements().get(i)));
        }
        yield "[" + String.join(", ", parts) + "]";
      }
      case Expr.MapOf map -> {
        List<String> parts = new ArrayList<>();
        map.entries()
            .forEach(
                entry ->
                    parts.add(
                        (entry.optional() ? "?" : "")
                            + write(entry.key())
                            + ": "
                            + write(entry.value())));
        yield "{" + String.join(", ", parts) + "}";
      }
      case Expr.Struct struct -> {
        List<String> parts = new ArrayList<>();
        struct
            .fields()
            .forEach(
                field ->
                    parts.add(
                        (field.optional() ? "?" : "")
                            + field.name()
                            + ": "
                            + write(field.value())));
        yield struct.type() + "{" + String.join(", ", parts) + "}";
      }
      case Expr.Comprehension _ ->
          throw new IllegalStateException("a loop that no macro made: " + expr);
    };
  }

  private static int binding(Expr expr) {
    return switch (expr) {
      case Expr.Call call ->
          call.target() == null ? BINDING.getOrDefault(call.function(), MEMBER) : MEMBER;
      case Expr.Literal(int _, Constant.Int(long number)) when number < 0 -> MEMBER - 1;
      case Expr.Literal(int _, Constant.Floating(double number)) when number < 0 -> MEMBER - 1;
      default -> MEMBER;
    };
  }

  /** In parentheses where it binds less than what is around it. */
  private String within(Expr expr, int around) {
    boolean macro = macros.containsKey(expr.id());
    return !macro && binding(expr) < around ? "(" + write(expr) + ")" : write(expr);
  }

  private String call(Expr.Call call) {
    List<Expr> in = call.arguments();
    int binding = BINDING.getOrDefault(call.function(), MEMBER);
    return switch (call.function()) {
      case Operators.CONDITIONAL ->
          within(in.get(0), 1) + " ? " + within(in.get(1), 1) + " : " + write(in.get(2));
      case Operators.NOT -> "!" + within(in.getFirst(), MEMBER);
      case Operators.NEGATE -> {
        String of = within(in.getFirst(), MEMBER);
        // A minus in front of a number would become its sign.
        yield Lexer.isDigit(of.charAt(0)) ? "-(" + of + ")" : "-" + of;
      }
      case Operators.INDEX -> within(in.get(0), MEMBER) + "[" + write(in.get(1)) + "]";
      case Operators.OPTIONAL_INDEX -> within(in.get(0), MEMBER) + "[?" + write(in.get(1)) + "]";
      case Operators.OPTIONAL_SELECT ->
          within(in.get(0), MEMBER)
              + ".?"
              + (in.get(1) instanceof Expr.Literal(int _, Constant.Text(String name)) ? name : "");
      case Operators.AND, Operators.OR ->
          within(in.get(0), binding + 1)
              + " "
              + symbol(call.function())
              + " "
              + within(in.get(1), binding + 1);
      default -> {
        if (binding < MEMBER) {
          yield within(in.get(0), binding)
              + " "
              + symbol(call.function())
              + " "
              + within(in.get(1), binding + 1);
        }
        List<String> parts = new ArrayList<>();
        in.forEach(each -> parts.add(write(each)));
        Expr target = call.target();
        String before = target == null ? "" : within(target, MEMBER) + ".";
        yield before + call.function() + "(" + String.join(", ", parts) + ")";
      }
    };
  }

  private static String symbol(String function) {
    return function.equals(Operators.IN) ? "in" : function.substring(1, function.length() - 1);
  }

  private static String constant(Constant constant) {
    return switch (constant) {
      case Constant.Null _ -> "null";
      case Constant.Bool(boolean value) -> Boolean.toString(value);
      case Constant.Int(long value) -> Long.toString(value);
      case Constant.Uint(long value) -> Long.toUnsignedString(value) + "u";
      case Constant.Floating(double value) -> {
        String plain = new BigDecimal(Double.toString(value)).toPlainString();
        yield plain.contains(".") ? plain : plain + ".0";
      }
      case Constant.Text(String value) -> quoted(value);
      case Constant.Binary(byte[] value) -> {
        StringBuilder octets = new StringBuilder("b\"");
        for (byte each : value) {
          octets.append("\\%03o".formatted(each & 0xff));
        }
        yield octets.append('"').toString();
      }
    };
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ' || c == 0x7f) {
                quoted.append("\\%03o".formatted(c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
