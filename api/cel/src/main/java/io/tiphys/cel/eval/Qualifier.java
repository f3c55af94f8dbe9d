package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.Value;
import org.jspecify.annotations.Nullable;

/** A field or an index that is asked of a value. */
sealed interface Qualifier {
  int id();

  /** Whether it may be absent: {@code a.?b}. */
  boolean optional();

  /** The part of a value, or an error. */
  Value qualify(Frame frame, Value of);

  /** The part of a value; null if there is none. */
  @Nullable Value ifPresent(Frame frame, Value of);

  /** A name or a number that is written in the expression. */
  record Constant(int id, Value key, boolean optional) implements Qualifier {
    @Override
    public Value qualify(Frame frame, Value of) {
      return frame.cost().qualifier(id, Members.get(of, key));
    }

    @Override
    public @Nullable Value ifPresent(Frame frame, Value of) {
      Value found = Members.find(of, key);
      return found == null ? null : frame.cost().qualifier(id, found);
    }
  }

  /** The last name in {@code has(a.b)}. */
  record Presence(int id, Value key) implements Qualifier {
    @Override
    public boolean optional() {
      return false;
    }

    @Override
    public Value qualify(Frame frame, Value of) {
      Value found = Members.find(of, key);
      Value result = found != null && found.isError() ? found : BoolValue.of(found != null);
      return frame.cost().qualifier(id, result);
    }

    @Override
    public @Nullable Value ifPresent(Frame frame, Value of) {
      Value found = Members.find(of, key);
      return found == null ? null : frame.cost().qualifier(id, found);
    }
  }

  /** An index that is a variable, or a field of one: the variable itself costs nothing. */
  record Index(int id, Attribute index, boolean optional) implements Qualifier {
    @Override
    public Value qualify(Frame frame, Value of) {
      Value key = index.resolve(frame);
      return frame.cost().qualifier(id, key.isError() ? key : Members.get(of, key));
    }

    @Override
    public @Nullable Value ifPresent(Frame frame, Value of) {
      Value key = index.resolve(frame);
      Value found = key.isError() ? key : Members.find(of, key);
      return found == null ? null : frame.cost().qualifier(id, found);
    }
  }

  /** An index that is any other expression. */
  record Computed(int id, Step index, boolean optional) implements Qualifier {
    @Override
    public Value qualify(Frame frame, Value of) {
      Value key = index.eval(frame);
      return frame.cost().computedIndex(id, key.isError() ? key : Members.get(of, key));
    }

    @Override
    public @Nullable Value ifPresent(Frame frame, Value of) {
      Value key = index.eval(frame);
      Value found = key.isError() ? key : Members.find(of, key);
      return found == null ? null : frame.cost().computedIndex(id, found);
    }
  }
}
