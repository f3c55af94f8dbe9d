package io.tiphys.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.eval.Planner;
import io.tiphys.cel.eval.Variables;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;

/** Short ways to compile and evaluate. */
public final class Expressions {
  private Expressions() {}

  public static Compilation.Compiled compiled(Environment environment, String text) {
    Compilation compilation = environment.compile(text);
    if (compilation instanceof Compilation.Refused refused) {
      throw new AssertionError(text + "\n" + refused.message());
    }
    return (Compilation.Compiled) compilation;
  }

  /** The value as text, or the error. */
  public static String result(String text) {
    try {
      Program program = compiled(Environment.kubernetes(), text).program();
      return Texts.plain(program.evaluate(name -> null, Costs.MOST).value());
    } catch (Planner.Unplannable e) {
      return String.valueOf(e.getMessage());
    }
  }

  public static Value value(Environment environment, String text, Variables variables) {
    try {
      return compiled(environment, text).program().evaluate(variables, Costs.MOST).value();
    } catch (Planner.Unplannable e) {
      throw new AssertionError(text, e);
    }
  }

  /** What is wrong with it. */
  public static String refusal(Environment environment, String text) {
    Compilation compilation = environment.compile(text);
    assertThat(compilation).as(text).isInstanceOf(Compilation.Refused.class);
    return ((Compilation.Refused) compilation).message();
  }
}
