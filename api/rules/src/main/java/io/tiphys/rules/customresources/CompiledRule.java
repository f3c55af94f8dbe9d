package io.tiphys.rules.customresources;

import io.tiphys.cel.Compilation;
import io.tiphys.cel.Environment;
import io.tiphys.cel.Program;
import io.tiphys.cel.eval.Planner;
import io.tiphys.cel.library.KubernetesEstimator;
import io.tiphys.cel.schema.DeclaredType;
import io.tiphys.cel.type.CelType;
import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule as something that can be carried out, or what is wrong with it. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go.
 *
 * @param error empty if there is none
 * @param program null for an empty rule and for one with an error
 * @param maxCost unsigned
 * @param message null where no expression makes it
 * @param messageError empty if there is none
 * @param path behind the place of the rule; empty for that itself
 */
record CompiledRule(
    ValidationRule source,
    String error,
    @Nullable Program program,
    boolean usesOldSelf,
    long maxCost,
    @Nullable Program message,
    String messageError,
    long maxMessageCost,
    String path) {

  private static final String SELF = "self";
  private static final String OLD_SELF = "oldSelf";

  private static CompiledRule wrong(ValidationRule rule, String error) {
    return new CompiledRule(rule, error, null, false, 0, null, "", 0, "");
  }

  private CompiledRule withMessageError(String wrong) {
    return new CompiledRule(source, error, program, usesOldSelf, maxCost, null, wrong, 0, path);
  }

  /** The rules of a schema, compiled. */
  static List<CompiledRule> of(Json.Obj schema, List<ValidationRule> rules, DeclaredType type) {
    List<CompiledRule> compiled = new ArrayList<>();
    if (rules.isEmpty()) {
      return compiled;
    }
    DeclaredType named = type.named("selfType");
    Environment self =
        Environment.kubernetes().withTypes(named.provider()).withVariable(SELF, named.type());
    KubernetesEstimator estimator = new KubernetesEstimator(type::size);
    for (ValidationRule rule : rules) {
      CelType old = rule.hasOptionalOldSelf() ? CelType.optional(named.type()) : named.type();
      Environment environment = self.withVariable(OLD_SELF, old);
      compiled.add(compile(schema, rule, environment, estimator));
    }
    return compiled;
  }

  private static CompiledRule compile(
      Json.Obj schema, ValidationRule rule, Environment environment, KubernetesEstimator sizes) {
    if (rule.rule().isBlank()) {
      return wrong(rule, "");
    }
    Compilation compilation = environment.compile(rule.rule());
    if (compilation instanceof Compilation.Refused refused) {
      return wrong(rule, "compilation failed: " + refused.message());
    }
    Compilation.Compiled compiled = (Compilation.Compiled) compilation;
    if (!compiled.resultType().equals(CelType.BOOL)) {
      return wrong(rule, "cel expression must evaluate to a bool");
    }
    try {
      CompiledRule made =
          new CompiledRule(
              rule,
              "",
              compiled.program(),
              compiled.mentions(OLD_SELF),
              compiled.cost(sizes).max(),
              null,
              "",
              0,
              RulePaths.normalized(rule.fieldPath(), schema).orElse(""));
      return rule.messageExpression().isEmpty() ? made : made.withMessage(environment, sizes);
    } catch (Planner.Unplannable e) {
      return wrong(rule, "program instantiation failed: " + e.getMessage());
    }
  }

  private CompiledRule withMessage(Environment environment, KubernetesEstimator sizes) {
    Compilation compilation = environment.compile(source.messageExpression());
    if (compilation instanceof Compilation.Refused refused) {
      return withMessageError("messageExpression compilation failed: " + refused.message());
    }
    Compilation.Compiled compiled = (Compilation.Compiled) compilation;
    if (!compiled.resultType().equals(CelType.STRING)) {
      return withMessageError("messageExpression must evaluate to a string");
    }
    try {
      return new CompiledRule(
          source,
          error,
          program,
          usesOldSelf,
          maxCost,
          compiled.program(),
          "",
          compiled.cost(sizes).max(),
          path);
    } catch (Planner.Unplannable e) {
      return withMessageError("messageExpression instantiation failed: " + e.getMessage());
    }
  }
}
