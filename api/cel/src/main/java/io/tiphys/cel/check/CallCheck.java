package io.tiphys.cel.check;

import io.tiphys.cel.library.Function;
import io.tiphys.cel.library.Overload;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.Operators;
import io.tiphys.cel.type.CelType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks calls: which forms of a function fit its arguments, and what they give. */
final class CallCheck {
  private final Checker checker;
  private final Declarations declarations;
  private final Substitutions substitutions;

  CallCheck(Checker checker, Declarations declarations, Substitutions substitutions) {
    this.checker = checker;
    this.declarations = declarations;
    this.substitutions = substitutions;
  }

  Expr check(Expr.Call call) {
    if (call.function().equals(Operators.OPTIONAL_SELECT)) {
      return optionalSelect(call);
    }
    List<Expr> arguments = checker.checkAll(call.arguments());
    Expr target = call.target();
    if (target == null) {
      return free(call, call.function(), arguments);
    }
    String prefix = Checker.qualifiedName(target);
    String whole = prefix + "." + call.function();
    if (prefix != null && declarations.function(whole) != null) {
      return free(call, whole, arguments);
    }
    Expr checkedTarget = checker.check(target);
    Expr checked = new Expr.Call(call.id(), checkedTarget, call.function(), arguments);
    Function function = declarations.function(call.function());
    if (function == null) {
      checker.undeclared(call.id(), call.function());
      return checker.typed(checked, CelType.ERROR);
    }
    return resolve(checked, function, checkedTarget, arguments);
  }

  private Expr free(Expr.Call call, String name, List<Expr> arguments) {
    Function function = declarations.function(name);
    if (function == null) {
      checker.undeclared(call.id(), name);
      return checker.typed(new Expr.Call(call.id(), null, name, arguments), CelType.ERROR);
    }
    Expr checked = new Expr.Call(call.id(), null, function.name(), arguments);
    return resolve(checked, function, null, arguments);
  }

  private Expr optionalSelect(Expr.Call call) {
    Expr operand = checker.check(call.arguments().getFirst());
    Expr field = call.arguments().getLast();
    String name = field instanceof Expr.Literal(int _, Constant.Text(String text)) ? text : "";
    CelType type = checker.fieldType(call.id(), operand, name, true);
    Expr checked =
        new Expr.Call(
            call.id(),
            null,
            call.function(),
            List.of(operand, checker.typed(field, CelType.STRING)));
    checker.refer(checked, new Reference.Overloads(List.of("select_optional_field")));
    return checker.typed(checked, substitutions.apply(type, false));
  }

  private Expr resolve(Expr call, Function function, @Nullable Expr target, List<Expr> arguments) {
    List<CelType> given = new ArrayList<>();
    if (target != null) {
      given.add(checker.type(target));
    }
    arguments.forEach(each -> given.add(checker.type(each)));
    if (function.name().equals(Operators.AND) || function.name().equals(Operators.OR)) {
      return logical(call, function, arguments, given);
    }
    List<String> fitting = new ArrayList<>();
    CelType result = null;
    for (Overload overload : function.overloads()) {
      if (overload.member() != (target != null)) {
        continue;
      }
      CelType found = fit(overload, given);
      if (found != null) {
        fitting.add(overload.id());
        if (result == null) {
          result = found;
        } else if (!result.isDyn() && !found.equals(result)) {
          result = CelType.DYN;
        }
      }
    }
    if (result == null) {
      unfit(call, function, given, target != null);
      return checker.typed(call, CelType.ERROR);
    }
    checker.refer(call, new Reference.Overloads(fitting));
    return checker.typed(call, result);
  }

  /** The result of a form, if its arguments fit; null otherwise. */
  private @Nullable CelType fit(Overload overload, List<CelType> given) {
    List<CelType> wanted = overload.arguments();
    CelType result = overload.result();
    if (wanted.size() != given.size()) {
      return null;
    }
    Substitutions fresh = new Substitutions();
    for (String parameter : overload.typeParameters()) {
      fresh.add(CelType.parameter(parameter), checker.freshType());
    }
    List<CelType> instantiated = new ArrayList<>();
    wanted.forEach(each -> instantiated.add(fresh.apply(each, false)));
    return substitutions.assign(given, instantiated)
        ? substitutions.apply(fresh.apply(result, false), false)
        : null;
  }

  private Expr logical(Expr call, Function function, List<Expr> arguments, List<CelType> given) {
    boolean fits = true;
    for (int i = 0; i < given.size(); i++) {
      if (!substitutions.assign(given.get(i), CelType.BOOL)) {
        checker.report(
            arguments.get(i).id(), "expected type 'bool' but found '" + given.get(i).show() + "'");
        fits = false;
      }
    }
    if (!fits) {
      return checker.typed(call, CelType.ERROR);
    }
    String id = function.overloads().getFirst().id();
    checker.refer(call, new Reference.Overloads(List.of(id)));
    return checker.typed(call, CelType.BOOL);
  }

  private void unfit(Expr call, Function function, List<CelType> given, boolean member) {
    List<String> shown =
        given.stream().map(type -> substitutions.apply(type, true).show()).toList();
    String target = member ? shown.getFirst() + "." : "";
    String signature =
        shown.stream().skip(member ? 1 : 0).collect(Collectors.joining(", ", "(", ")"));
    checker.report(
        call.id(),
        "found no matching overload for '%s' applied to '%s%s'"
            .formatted(function.name(), target, signature));
  }
}
