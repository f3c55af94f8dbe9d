package io.tiphys.cel.eval;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.eval.Planner.Unplannable;
import io.tiphys.cel.library.Function;
import io.tiphys.cel.library.Implementation;
import io.tiphys.cel.library.Overload;
import io.tiphys.cel.library.RuntimeTypes;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.value.DurationValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.TimestampValue;
import io.tiphys.cel.value.Value;
import java.util.List;
import java.util.Map;

/** Finds what carries out a call: the one form that fits, or a choice at run time. */
final class CallPlanner {
  private final Checked checked;
  private final Map<String, Function> functions;

  CallPlanner(Checked checked, Map<String, Function> functions) {
    this.checked = checked;
    this.functions = functions;
  }

  Step plan(Expr.Call call, List<Step> arguments) throws Unplannable {
    List<String> forms = checked.overloads(call);
    String form = forms.size() == 1 ? forms.getFirst() : "";
    if (call.function().equals("or") && (form.isEmpty() || form.equals("optional_or_optional"))) {
      return new OptionalStep(call.id(), arguments.get(0), arguments.get(1), false);
    }
    if (call.function().equals("orValue")
        && (form.isEmpty() || form.equals("optional_orValue_value"))) {
      return new OptionalStep(call.id(), arguments.get(0), arguments.get(1), true);
    }
    Function function = functions.get(call.function());
    if (function == null) {
      throw new Unplannable("no such overload: " + call.function());
    }
    return step(call, arguments, form, function);
  }

  private static Step step(Expr.Call call, List<Step> arguments, String form, Function function) {
    Implementation whole = function.whole();
    Overload single = single(function, form);
    boolean chosen = single != null && single.implementation() != null;
    boolean strict = chosen ? !single.nonStrict() : true;
    Implementation does =
        chosen
            ? guarded(function, single)
            : whole != null ? fitting(function, whole) : any(function);
    boolean early = arguments.size() > 2 || (whole == null && !chosen);
    return new CallStep(
        call.id(),
        call.function(),
        form,
        List.copyOf(arguments),
        Step.ids(arguments),
        does,
        strict,
        early);
  }

  private static Overload single(Function function, String form) {
    for (Overload overload : function.overloads()) {
      if (overload.id().equals(form)) {
        return overload;
      }
    }
    List<Overload> all =
        function.overloads().stream().filter(each -> each.implementation() != null).toList();
    return all.size() == 1
        ? all.getFirst()
        : new Overload("", false, List.of(), io.tiphys.cel.type.CelType.DYN, null, false);
  }

  private static Implementation guarded(Function function, Overload overload) {
    Implementation does = overload.implementation();
    return arguments ->
        does != null && RuntimeTypes.fits(overload, arguments)
            ? does.call(arguments)
            : unfit(function, arguments);
  }

  /** One implementation for all forms, if the first argument can be such an operand at all. */
  private static Implementation fitting(Function function, Implementation whole) {
    return arguments -> {
      if (function.fits().test(arguments[0])) {
        return whole.call(arguments);
      }
      boolean receives =
          arguments[0] instanceof StringValue
              || arguments[0] instanceof DurationValue
              || arguments[0] instanceof TimestampValue;
      return receives
          ? ErrorValue.noSuchOverload()
          : ErrorValue.of("no such overload: " + function.name());
    };
  }

  /** The first form that fits. */
  private static Implementation any(Function function) {
    return arguments -> {
      for (Overload overload : function.overloads()) {
        Implementation does = overload.implementation();
        if (does != null && RuntimeTypes.fits(overload, arguments)) {
          return does.call(arguments);
        }
      }
      return unfit(function, arguments);
    };
  }

  private static Value unfit(Function function, Value[] arguments) {
    for (Value argument : arguments) {
      if (argument.isError()) {
        return argument;
      }
    }
    return ErrorValue.of(RuntimeTypes.unfit(function.name(), arguments));
  }
}
