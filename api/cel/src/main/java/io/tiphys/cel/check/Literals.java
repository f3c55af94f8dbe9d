package io.tiphys.cel.check;

import com.google.re2j.PatternSyntaxException;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.Issue;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import io.tiphys.cel.value.Conversions;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.Patterns;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds literals that can never be what they are used for, and lists and maps of mixed types
 * (cel-go's cel/validator.go, in the order of apiserver/pkg/cel/environment/base.go).
 */
public final class Literals {
  private final Checked checked;
  private final List<Issue> durations = new ArrayList<>();
  private final List<Issue> timestamps = new ArrayList<>();
  private final List<Issue> patterns = new ArrayList<>();
  private final List<Issue> mixed = new ArrayList<>();

  private Literals(Checked checked) {
    this.checked = checked;
  }

  public static List<Issue> check(Checked checked) {
    Literals literals = new Literals(checked);
    literals.visit(checked.root(), false);
    List<Issue> all = new ArrayList<>(literals.durations);
    all.addAll(literals.timestamps);
    all.addAll(literals.patterns);
    all.addAll(literals.mixed);
    return all;
  }

  /**
   * @param exempt whether it is for {@code format}, which takes anything
   */
  private void visit(Expr expr, boolean exempt) {
    switch (expr) {
      case Expr.Unspecified _, Expr.Literal _, Expr.Ident _ -> {}
      case Expr.Select select -> visit(select.operand(), exempt);
      case Expr.Call call -> call(call, exempt);
      case Expr.ListOf list -> {
        if (!exempt) {
          list(list);
        }
        list.elements().forEach(each -> visit(each, exempt));
      }
      case Expr.MapOf map -> {
        if (!exempt) {
          map(map);
        }
        map.entries()
            .forEach(
                entry -> {
                  visit(entry.key(), exempt);
                  visit(entry.value(), exempt);
                });
      }
      case Expr.Struct struct -> struct.fields().forEach(field -> visit(field.value(), exempt));
      case Expr.Comprehension loop -> {
        visit(loop.range(), exempt);
        visit(loop.initial(), exempt);
        visit(loop.condition(), exempt);
        visit(loop.step(), exempt);
        visit(loop.result(), exempt);
      }
    }
  }

  private void call(Expr.Call call, boolean exempt) {
    if (!call.arguments().isEmpty()
        && call.arguments().getFirst() instanceof Expr.Literal literal
        && isBad(call.function(), literal.value())) {
      List<Issue> to =
          switch (call.function()) {
            case "duration" -> durations;
            case "timestamp" -> timestamps;
            default -> patterns;
          };
      report(to, literal.id(), "invalid " + call.function() + " argument");
    }
    boolean inner = exempt || call.function().equals("format");
    if (call.target() != null) {
      visit(call.target(), inner);
    }
    call.arguments().forEach(each -> visit(each, inner));
  }

  private static boolean isBad(String function, Constant constant) {
    return switch (function) {
      case "duration" -> converted(constant, CelType.DURATION);
      case "timestamp" -> converted(constant, CelType.TIMESTAMP);
      case "matches" -> {
        if (!(constant instanceof Constant.Text(String text))) {
          yield false;
        }
        try {
          Patterns.compile(text);
          yield false;
        } catch (PatternSyntaxException _) {
          yield true;
        }
      }
      default -> false;
    };
  }

  private static boolean converted(Constant constant, CelType to) {
    Value value =
        switch (constant) {
          case Constant.Text(String text) -> new StringValue(text);
          case Constant.Int(long number) -> new IntValue(number);
          default -> null;
        };
    return value != null && Conversions.convert(value, to).isError();
  }

  private void list(Expr.ListOf list) {
    CelType first = null;
    for (int i = 0; i < list.elements().size(); i++) {
      Expr element = list.elements().get(i);
      CelType type = checked.type(element);
      type = list.optional().contains(i) ? type.unwrapped() : type;
      if (first == null) {
        first = type;
      } else if (!isEquivalent(first, type)) {
        mismatch(element.id(), first, type);
        return;
      }
    }
  }

  private void map(Expr.MapOf map) {
    CelType keys = null;
    CelType values = null;
    for (Expr.Entry entry : map.entries()) {
      CelType key = checked.type(entry.key());
      CelType value = checked.type(entry.value());
      value = entry.optional() ? value.unwrapped() : value;
      compare(entry.key().id(), keys, key);
      compare(entry.value().id(), values, value);
      keys = keys == null ? key : keys;
      values = values == null ? value : values;
    }
  }

  private void compare(int id, @Nullable CelType first, CelType type) {
    if (first != null && !isEquivalent(first, type)) {
      mismatch(id, first, type);
    }
  }

  private static boolean isEquivalent(CelType left, CelType right) {
    if (left.kind() != right.kind() || left.parameters().size() != right.parameters().size()) {
      return false;
    }
    boolean same = left.kind() == Kind.TYPE_PARAMETER || left.name().equals(right.name());
    for (int i = 0; same && i < left.parameters().size(); i++) {
      same = isEquivalent(left.parameters().get(i), right.parameters().get(i));
    }
    return same;
  }

  private void mismatch(int id, CelType expected, CelType found) {
    report(mixed, id, "expected type '" + expected.show() + "' but found '" + found.show() + "'");
  }

  private void report(List<Issue> to, int id, String message) {
    to.add(new Issue(checked.parsed().location(id), message));
  }
}
