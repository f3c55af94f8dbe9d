package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value and the fields and indices that are asked of it: {@code a.b[0].c} is one step. Qualifiers
 * are added while the expression is planned; then it changes no more.
 */
final class Attribute {
  private final int id;
  private final Root root;
  private final List<Qualifier> qualifiers = new ArrayList<>();

  Attribute(int id, Root root) {
    this.id = id;
    this.root = root;
  }

  /** Where the value comes from. */
  sealed interface Root {}

  record Variable(String name) implements Root {}

  record Computed(Step step) implements Root {}

  /** Qualifiers are asked of both branches, so that one that is not taken costs nothing. */
  record Conditional(Step condition, Attribute whenTrue, Attribute whenFalse) implements Root {}

  /** That of the last qualifier, under which costs know the value. */
  int id() {
    if (root instanceof Conditional(var _, Attribute yes, Attribute no)) {
      return yes.id() == no.id() ? yes.id() : id;
    }
    return qualifiers.isEmpty() ? id : qualifiers.getLast().id();
  }

  Root root() {
    return root;
  }

  void add(Qualifier qualifier) {
    if (root instanceof Conditional(var _, Attribute yes, Attribute no)) {
      yes.add(qualifier);
      no.add(qualifier);
    } else {
      qualifiers.add(qualifier);
    }
  }

  Value resolve(Frame frame) {
    return switch (root) {
      case Variable(String name) -> {
        Value value = frame.find(name);
        yield value == null
            ? ErrorValue.of("no such attribute(s): " + name)
            : qualified(frame, value);
      }
      case Computed(Step step) -> qualified(frame, step.eval(frame));
      case Conditional(Step condition, Attribute yes, Attribute no) -> {
        Value value = condition.eval(frame);
        yield value == BoolValue.TRUE
            ? yes.resolve(frame)
            : value == BoolValue.FALSE ? no.resolve(frame) : ErrorValue.noSuchOverload(value);
      }
    };
  }

  private Value qualified(Frame frame, Value from) {
    if (from.isError()) {
      return from;
    }
    boolean optional = from instanceof OptionalValue;
    Value value = from;
    if (from instanceof OptionalValue(Value inner)) {
      if (inner == null || qualifiers.isEmpty()) {
        return from;
      }
      value = inner;
    }
    for (Qualifier qualifier : qualifiers) {
      optional |= qualifier.optional();
      Value next = optional ? qualifier.ifPresent(frame, value) : qualifier.qualify(frame, value);
      if (next == null) {
        return OptionalValue.NONE;
      }
      if (next.isError()) {
        return next;
      }
      value = next;
    }
    return optional ? OptionalValue.of(value) : value;
  }

  @Nullable Conditional conditional() {
    return root instanceof Conditional conditional ? conditional : null;
  }
}
