package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.STRING;

import io.tiphys.cel.library.Authorizer.Decision;
import io.tiphys.cel.library.Authorizer.ResourceQuestion;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.meta.Names;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What users may do (apiserver/pkg/cel/library/authz.go). */
public final class Authorizers {
  public static final CelType TYPE = type("Authorizer");
  static final CelType PATH_CHECK = type("PathCheck");
  static final CelType GROUP_CHECK = type("GroupCheck");
  public static final CelType RESOURCE_CHECK = type("ResourceCheck");
  static final CelType DECISION = type("Decision");

  private Authorizers() {}

  private static CelType type(String name) {
    return CelType.struct("kubernetes.authorization." + name);
  }

  /** Someone who may be asked for. */
  public record AuthorizerValue(Authorizer authorizer, @Nullable String serviceAccount)
      implements Checked {
    @Override
    public CelType type() {
      return TYPE;
    }
  }

  /** A question that is not yet whole, or its answer. */
  sealed interface Checked extends OpaqueValue {
    @Override
    default boolean same(Value other) {
      return equals(other);
    }
  }

  private record PathCheck(AuthorizerValue of, String path) implements Checked {
    @Override
    public CelType type() {
      return PATH_CHECK;
    }
  }

  private record GroupCheck(AuthorizerValue of, String group) implements Checked {
    @Override
    public CelType type() {
      return GROUP_CHECK;
    }
  }

  /** A question of a resource. */
  public record ResourceCheck(AuthorizerValue of, ResourceQuestion question) implements Checked {
    @Override
    public CelType type() {
      return RESOURCE_CHECK;
    }
  }

  private record DecisionValue(Decision decision) implements Checked {
    @Override
    public CelType type() {
      return DECISION;
    }
  }

  static Library library() {
    return Library.of(
        step("path", "authorizer_path", TYPE, PATH_CHECK, Authorizers::path),
        step(
            "group",
            "authorizer_group",
            TYPE,
            GROUP_CHECK,
            (of, name) -> new GroupCheck((AuthorizerValue) of, name)),
        io.tiphys.cel.library.Function.of(
            "serviceAccount",
            Overload.member(
                "authorizer_serviceaccount",
                List.of(TYPE, STRING, STRING),
                TYPE,
                Authorizers::serviceAccount)),
        step("resource", "groupcheck_resource", GROUP_CHECK, RESOURCE_CHECK, Authorizers::resource),
        part("subresource", "resourcecheck_subresource", 2),
        part("namespace", "resourcecheck_namespace", 3),
        part("name", "resourcecheck_name", 4),
        part("fieldSelector", "authorizer_fieldselector", 5),
        part("labelSelector", "authorizer_labelselector", 6),
        io.tiphys.cel.library.Function.of(
            "check",
            method("pathcheck_check", PATH_CHECK, DECISION, Authorizers::checkPath),
            method("resourcecheck_check", RESOURCE_CHECK, DECISION, Authorizers::checkResource)),
        told(
            "errored", "decision_errored", CelType.BOOL, of -> BoolValue.of(!of.error().isEmpty())),
        told("error", "decision_error", STRING, of -> new StringValue(of.error())),
        told("allowed", "decision_allowed", CelType.BOOL, of -> BoolValue.of(of.allowed())),
        told("reason", "decision_reason", STRING, of -> new StringValue(of.reason())));
  }

  private static Overload method(
      String id, CelType of, CelType result, BiFunction<Value, String, Value> does) {
    return Overload.method(
        id,
        of,
        STRING,
        result,
        (target, text) ->
            text instanceof StringValue(String given)
                ? does.apply(target, given)
                : ErrorValue.noSuchOverload(text));
  }

  private static io.tiphys.cel.library.Function step(
      String name, String id, CelType of, CelType result, BiFunction<Value, String, Value> does) {
    return io.tiphys.cel.library.Function.of(name, method(id, of, result, does));
  }

  private static io.tiphys.cel.library.Function told(
      String name, String id, CelType result, Function<Decision, Value> of) {
    return io.tiphys.cel.library.Function.of(
        name,
        Overload.accessor(
            id,
            DECISION,
            result,
            value ->
                value instanceof DecisionValue(Decision decision)
                    ? of.apply(decision)
                    : ErrorValue.noSuchOverload(value)));
  }

  private static Value path(Value of, String path) {
    return path.isBlank()
        ? ErrorValue.of("path must not be empty")
        : new PathCheck((AuthorizerValue) of, path);
  }

  private static Value serviceAccount(Value[] in) {
    if (!(in[0] instanceof AuthorizerValue of)
        || !(in[1] instanceof StringValue(String namespace))
        || !(in[2] instanceof StringValue(String name))) {
      return ErrorValue.noSuchOverload();
    }
    if (!Names.dns1123Subdomain(name).isEmpty()) {
      return ErrorValue.of("Invalid service account name");
    }
    return Names.dns1123Label(namespace).isEmpty()
        ? new AuthorizerValue(of.authorizer, namespace + "/" + name)
        : ErrorValue.of("Invalid service account namespace");
  }

  private static Value resource(Value of, String resource) {
    GroupCheck check = (GroupCheck) of;
    return resource.isBlank()
        ? ErrorValue.of("resource must not be empty")
        : new ResourceCheck(
            check.of, new ResourceQuestion(check.group, resource, "", "", "", "", ""));
  }

  /** A function that sets one part of a question. */
  private static io.tiphys.cel.library.Function part(String name, String id, int place) {
    return step(
        name,
        id,
        RESOURCE_CHECK,
        RESOURCE_CHECK,
        (target, text) -> {
          ResourceCheck check = (ResourceCheck) target;
          ResourceQuestion old = check.question;
          return new ResourceCheck(
              check.of,
              new ResourceQuestion(
                  old.group(),
                  old.resource(),
                  place == 2 ? text : old.subresource(),
                  place == 3 ? text : old.namespace(),
                  place == 4 ? text : old.name(),
                  place == 5 ? text : old.fieldSelector(),
                  place == 6 ? text : old.labelSelector()));
        });
  }

  private static Value checkPath(Value value, String verb) {
    PathCheck check = (PathCheck) value;
    return new DecisionValue(
        check.of.authorizer.pathAllowed(check.of.serviceAccount, check.path, verb));
  }

  private static Value checkResource(Value value, String verb) {
    ResourceCheck check = (ResourceCheck) value;
    return new DecisionValue(
        check.of.authorizer.resourceAllowed(check.of.serviceAccount, check.question, verb));
  }
}
