package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.GrowingList;
import io.tiphys.cel.value.GrowingMap;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.Value;
import org.jspecify.annotations.Nullable;

/** A loop over a list or a map, or a value that {@code cel.bind} names. */
record LoopStep(
    int id, Names names, Step range, Step initial, Step condition, Step step, Step result)
    implements Step {

  /** The loop's variables; the second is empty with one. */
  record Names(String accumulator, String first, String second) {}

  @Override
  public Value eval(Frame frame) {
    return frame.cost().loop(id, range.id(), run(frame));
  }

  private Value run(Frame frame) {
    Value over = range.eval(frame);
    if (over.isError()) {
      return over;
    }
    Run run = new Run(this, frame);
    return switch (over) {
      case ListValue list -> run.over(list);
      case MapValue map -> run.over(map);
      default ->
          ErrorValue.of(
              names.second.isEmpty()
                  ? "got '" + over.type().name() + "', expected iterable type"
                  : "unsupported comprehension range type: " + over.type().name());
    };
  }

  /** One run through the loop. */
  private static final class Run implements Variables {
    private final LoopStep loop;
    private final Frame outer;
    private final Frame inner;
    private @Nullable Value accumulated;
    private @Nullable Value first;
    private @Nullable Value second;
    private boolean ended;
    private boolean interrupted;

    Run(LoopStep loop, Frame outer) {
      this.loop = loop;
      this.outer = outer;
      inner = new Frame(outer, this);
    }

    @Override
    public @Nullable Value find(String name) {
      if (name.equals(loop.names.accumulator)) {
        return accumulated();
      }
      if (!ended && name.equals(loop.names.first)) {
        return first;
      }
      if (!ended && !loop.names.second.isEmpty() && name.equals(loop.names.second)) {
        return second;
      }
      return outer.find(name);
    }

    /** The first value is only worked out when somebody asks for it. */
    private Value accumulated() {
      Value value = accumulated;
      if (value == null) {
        value = growing(loop.initial.eval(outer));
        accumulated = value;
      }
      return value;
    }

    private static Value growing(Value initial) {
      return switch (initial) {
        case ListValue list when list.size() == 0 -> new GrowingList();
        case MapValue map when map.size() == 0 -> new GrowingMap();
        default -> initial;
      };
    }

    Value over(ListValue list) {
      boolean pairs = !loop.names.second.isEmpty();
      for (int i = 0; i < list.size(); i++) {
        Value element = list.get(i);
        if (!round(pairs ? IntValue.of(i) : element, element)) {
          break;
        }
      }
      return result();
    }

    Value over(MapValue map) {
      boolean pairs = !loop.names.second.isEmpty();
      for (Value key : map.keys()) {
        if (!round(key, pairs ? map.find(key) : null)) {
          break;
        }
      }
      return result();
    }

    /** Whether to go on. */
    private boolean round(Value key, @Nullable Value value) {
      first = key;
      second = value;
      if (loop.condition.eval(inner) == BoolValue.FALSE) {
        return false;
      }
      accumulated = loop.step.eval(inner);
      interrupted = inner.isInterrupted();
      return !interrupted;
    }

    private Value result() {
      ended = true;
      if (interrupted) {
        return ErrorValue.of("operation interrupted");
      }
      Value value = loop.result.eval(inner);
      return switch (value) {
        case GrowingList list -> list.finished();
        case GrowingMap map -> map.finished();
        default -> value;
      };
    }
  }
}
