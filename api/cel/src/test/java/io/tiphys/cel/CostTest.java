package io.tiphys.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.cost.CallCosts;
import io.tiphys.cel.cost.CallEstimate;
import io.tiphys.cel.cost.CostNode;
import io.tiphys.cel.cost.Estimator;
import io.tiphys.cel.cost.Range;
import io.tiphys.cel.eval.Planner;
import io.tiphys.cel.library.Authorizer;
import io.tiphys.cel.library.Authorizers;
import io.tiphys.cel.library.JsonPatchKeys;
import io.tiphys.cel.library.KubernetesCallCosts;
import io.tiphys.cel.library.KubernetesEstimator;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.Texts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CostTest {
  private static final Environment KUBERNETES =
      Environment.kubernetes()
          .with(JsonPatchKeys.library())
          .withVariable("authorizer", Authorizers.TYPE);

  static Stream<List<String>> libraries() {
    return Table.lines("library-costs.tsv");
  }

  /** The table is of apiserver/pkg/cel/library/cost_test.go, which folds no constants. */
  @ParameterizedTest
  @MethodSource("libraries")
  void librariesCostWhatUpstreamsCost(List<String> line) throws Planner.Unplannable {
    Compilation.Compiled compiled = Expressions.compiled(KUBERNETES, line.getFirst());
    Range estimate = compiled.cost(new KubernetesEstimator(node -> null));
    Authorizers.AuthorizerValue authorizer = new Authorizers.AuthorizerValue(new AllowsAll(), null);
    Program.Evaluation evaluation =
        compiled
            .program(new KubernetesCallCosts(), false)
            .evaluate(name -> name.equals("authorizer") ? authorizer : null, -1L);

    assertThat(evaluation.value().isError()).as(Texts.plain(evaluation.value())).isFalse();
    assertThat(List.of(show(estimate.min()), show(estimate.max()), show(evaluation.cost())))
        .isEqualTo(line.subList(1, 4));
  }

  private record AllowsAll() implements Authorizer {
    @Override
    public Decision pathAllowed(@Nullable String account, String path, String verb) {
      return new Decision(true, "", "");
    }

    @Override
    public Decision resourceAllowed(
        @Nullable String account, ResourceQuestion question, String verb) {
      return new Decision(true, "", "");
    }
  }

  private static String show(long unsigned) {
    return Long.toUnsignedString(unsigned);
  }

  static Stream<List<String>> standards() {
    return Table.lines("standard-costs.tsv");
  }

  /** The table is of cel-go's checker/cost_test.go: variables, how large they are, the estimate. */
  @ParameterizedTest
  @MethodSource("standards")
  void theLanguageIsEstimatedAsUpstream(List<String> line) {
    Environment environment = Environment.standard();
    for (String variable : parts(line.get(1))) {
      String[] sides = variable.split("=", 2);
      environment = environment.withVariable(sides[0], type(sides[1]));
    }
    Map<String, Long> hints = new HashMap<>();
    for (String hint : parts(line.get(2))) {
      String[] sides = hint.split("=", 2);
      hints.put(sides[0], Long.parseLong(sides[1]));
    }

    Range estimate = Expressions.compiled(environment, line.getFirst()).cost(new Hints(hints));

    assertThat(List.of(show(estimate.min()), show(estimate.max()))).isEqualTo(line.subList(3, 5));
  }

  private static List<String> parts(String column) {
    return column.isEmpty() ? List.of() : List.of(column.split(";"));
  }

  private static CelType type(String text) {
    if (text.startsWith("list(")) {
      return CelType.list(type(text.substring(5, text.length() - 1)));
    }
    if (text.startsWith("map(")) {
      int comma = text.indexOf(',');
      return CelType.map(
          type(text.substring(4, comma)), type(text.substring(comma + 1, text.length() - 1)));
    }
    return switch (text) {
      case "int" -> CelType.INT;
      case "uint" -> CelType.UINT;
      case "double" -> CelType.DOUBLE;
      case "bool" -> CelType.BOOL;
      case "string" -> CelType.STRING;
      case "bytes" -> CelType.BYTES;
      case "timestamp" -> CelType.TIMESTAMP;
      case "duration" -> CelType.DURATION;
      default -> CelType.DYN;
    };
  }

  private record Hints(Map<String, Long> sizes) implements Estimator {
    @Override
    public @Nullable Range size(CostNode node) {
      Long most = sizes.get(String.join(".", node.path()));
      if (most != null) {
        return new Range(0, most);
      }
      return node.type().equals(CelType.BYTES) ? new Range(0, 12) : null;
    }

    @Override
    public @Nullable CallEstimate call(
        String function, String overload, @Nullable CostNode target, List<CostNode> arguments) {
      return overload.equals("timestamp_to_year") ? CallEstimate.of(Range.of(7)) : null;
    }
  }

  @Test
  void anExpressionEndsAtItsLimit() throws Planner.Unplannable {
    Program program =
        Expressions.compiled(Environment.standard(), "[1, 2, 3].all(x, [1, 2].all(y, x + y > 0))")
            .program(CallCosts.NONE, true);
    long whole = program.evaluate(name -> null, -1L).cost();

    Program.Evaluation enough = program.evaluate(name -> null, whole);
    Program.Evaluation little = program.evaluate(name -> null, whole - 1);

    assertThat(enough.limited()).isFalse();
    assertThat(little.limited()).isTrue();
    assertThat(Texts.plain(little.value()))
        .isEqualTo("operation cancelled: actual cost limit exceeded");
  }

  @Test
  void constantsAreFoldedAndCostNothing() throws Planner.Unplannable {
    Program folded =
        Expressions.compiled(Environment.standard(), "1 in [1, 2, 3] && int('3') == 3")
            .program(CallCosts.NONE, true);

    assertThat(folded.evaluate(name -> null, -1L).cost()).isEqualTo(1);
  }
}
