package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.UpdateRules;
import java.util.ArrayList;
import java.util.List;

/**
 * An object about which nothing is left to say: the only thing that opens the store. Only its
 * {@link Stage} makes it.
 */
public final class Validated<T extends ApiObject> {
  private static final FieldPath METADATA = FieldPath.of("metadata");

  private final T object;

  private Validated(T object) {
    this.object = object;
  }

  public T object() {
    return object;
  }

  /**
   * The stage between admission and the store: what would be stored is prepared, checked by the
   * rules of its kind and shown to whoever may still refuse it. Checked against rest.BeforeCreate,
   * rest.BeforeUpdate and rest.BeforeDelete of apiserver/pkg/registry.
   */
  static final class Stage {
    private final VerbContext context;

    Stage(VerbContext context) {
      this.context = context;
    }

    /** The last who may refuse a write: validating admission. */
    @FunctionalInterface
    interface Refusal<T> {
      void check(T object) throws InterruptedException;
    }

    /** A new object that has its name, uid and birth. */
    <T extends ApiObject> Validated<T> created(
        Served<T, ?> served, Call call, Admitted<T> admitted, Refusal<T> refusal)
        throws InterruptedException {
      ResourceRules<T> rules = served.rules();
      if (call.warnings().heard()) {
        call.warnings().addAll(rules.warningsBeforeCreate(admitted.object()));
      }
      T object = rules.prepareForCreate(admitted.object(), call.context(context.clock().now()));
      ObjectMeta meta = object.metadata();
      boolean namespaced = served.resource().namespaced();
      List<FieldError> errors =
          new ArrayList<>(ObjectMetaRules.validate(meta, namespaced, rules.nameRule(), METADATA));
      if (rules.qualifiesFinalizers()) {
        errors.addAll(ObjectMetaRules.validateFinalizerNames(meta, METADATA));
      }
      errors.addAll(rules.validate(object));
      if (errors.isEmpty()) {
        errors.addAll(ObjectMetaRules.validate(meta, namespaced, NameRule.PATH_SEGMENT, METADATA));
      }
      refuse(served, meta.name(), errors);
      if (call.warnings().heard()) {
        call.warnings().addAll(rules.warningsOnCreate(object));
      }
      return accepted(rules.canonicalize(object), refusal);
    }

    /**
     * An object that replaces another, or of it the part that {@code rules} are about.
     *
     * @param old what it replaces
     */
    <T extends ApiObject> Validated<T> updated(
        Served<T, ?> served,
        Call call,
        UpdateRules<T> rules,
        Admitted<T> admitted,
        T old,
        Refusal<T> refusal)
        throws InterruptedException {
      T object = prepared(served, call, rules, admitted.object(), old);
      object = context.managedFields().ignoreTimestamps(object, old);
      List<FieldError> errors =
          new ArrayList<>(
              ObjectMetaRules.validateUpdate(object.metadata(), old.metadata(), METADATA));
      if (served.rules().qualifiesFinalizers()) {
        errors.addAll(ObjectMetaRules.validateFinalizerNames(object.metadata(), METADATA));
      }
      errors.addAll(rules.validateUpdate(object, old));
      refuse(served, object.name(), errors);
      if (call.warnings().heard()) {
        call.warnings().addAll(rules.warningsOnUpdate(object, old));
      }
      return accepted(served.rules().canonicalize(object), refusal);
    }

    /** What would be stored, by the rules of the kind and those common to all. */
    private <T extends ApiObject> T prepared(
        Served<T, ?> served, Call call, UpdateRules<T> rules, T object, T old) {
      ObjectMeta before = old.metadata();
      ObjectMeta meta =
          Metadata.inNamespace(object.metadata(), served.resource(), before.namespace())
              .withGeneration(before.generation());
      T prepared =
          rules.prepareForUpdate(
              Metadata.with(object, meta), old, call.context(context.clock().now()));
      return Metadata.with(prepared, Metadata.kept(prepared.metadata(), before));
    }

    /** A stored object with the mark of its deletion, which the server itself makes. */
    <T extends ApiObject> Validated<T> terminating(T marked) {
      return new Validated<>(marked);
    }

    private static <T extends ApiObject> Validated<T> accepted(T object, Refusal<T> refusal)
        throws InterruptedException {
      refusal.check(object);
      return new Validated<>(object);
    }

    private static void refuse(Served<?, ?> served, String name, List<FieldError> errors) {
      if (!errors.isEmpty()) {
        throw Invalid.failure(served.resource().type().gvk(), name, errors);
      }
    }
  }
}
