package io.tiphys.cel.eval;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tiphys.cel.eval.Planner.Unplannable;
import io.tiphys.cel.library.Implementation;
import io.tiphys.cel.library.Regexes;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Numbers;
import io.tiphys.cel.value.Patterns;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.UintValue;
import io.tiphys.cel.value.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What of calls can be done before: conversions of constants, {@code in} of constant lists,
 * patterns (cel-go's interpreter/decorators.go, optimizations.go).
 */
final class ConstantCalls {
  private static final Set<String> CONVERSIONS =
      Set.of(
          "bool",
          "bytes",
          "double",
          "duration",
          "dyn",
          "int",
          "string",
          "timestamp",
          "type",
          "uint");

  private ConstantCalls() {}

  static Step fold(CallStep call) throws Unplannable {
    List<Step> arguments = call.arguments();
    if (call.overload().equals("in_list")
        && arguments.get(1) instanceof ConstantStep(int _, Value members)
        && members instanceof ListValue list) {
      return membership(call, list);
    }
    if (CONVERSIONS.contains(call.function())
        && arguments.size() == 1
        && arguments.getFirst() instanceof ConstantStep) {
      Value value = call.eval(Planner.alone());
      if (value instanceof ErrorValue(String message)) {
        throw new Unplannable(message);
      }
      return new ConstantStep(call.id(), value);
    }
    if (arguments.size() >= 2
        && arguments.get(1) instanceof ConstantStep(int _, Value text)
        && text instanceof StringValue(String pattern)) {
      return pattern(call, pattern);
    }
    return call;
  }

  /** Lists of numbers, texts and the like become sets, in which every equal number is. */
  private static Step membership(CallStep call, ListValue list) {
    if (list.size() == 0) {
      return new ConstantStep(call.id(), BoolValue.FALSE);
    }
    Set<Value> members = new HashSet<>();
    for (Value each : Lists.elements(list)) {
      boolean plain =
          each instanceof BoolValue
              || each instanceof DoubleValue
              || each instanceof IntValue
              || each instanceof StringValue
              || each instanceof UintValue;
      if (!plain || each instanceof BytesValue) {
        return call;
      }
      if (!(each instanceof DoubleValue(double number) && Double.isNaN(number))) {
        members.add(MembershipStep.canonical(each));
        members.addAll(Numbers.others(each));
      }
    }
    return new MembershipStep(call.id(), call.arguments().getFirst(), Set.copyOf(members));
  }

  private static Step pattern(CallStep call, String text) throws Unplannable {
    Function<Pattern, Implementation> with = Regexes.WITH_PATTERN.get(call.function());
    if (with == null) {
      return call;
    }
    try {
      Implementation does = with.apply(Patterns.compile(text));
      return new CallStep(
          call.id(),
          call.function(),
          call.overload(),
          call.arguments(),
          call.ids(),
          does,
          true,
          true);
    } catch (PatternSyntaxException e) {
      throw new Unplannable(String.valueOf(e.getMessage()));
    }
  }
}
