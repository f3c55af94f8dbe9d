package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Value;

/**
 * A variable with fields and indices, or a conditional.
 *
 * @param test the number of a {@code has} around it; 0 for none
 */
record AttributeStep(Attribute attribute, int test) implements Step {
  AttributeStep(Attribute attribute) {
    this(attribute, 0);
  }

  @Override
  public int id() {
    return test == 0 ? attribute.id() : test;
  }

  @Override
  public Value eval(Frame frame) {
    Value value = attribute.resolve(frame);
    if (test != 0 && value instanceof OptionalValue(Value inner)) {
      value = BoolValue.of(inner != null);
    }
    Attribute.Conditional conditional = attribute.conditional();
    if (conditional == null) {
      return frame.cost().attribute(id(), attribute.id(), test != 0, value);
    }
    int[] parts = {
      conditional.whenFalse().id(), conditional.whenTrue().id(), conditional.condition().id()
    };
    return frame.cost().conditional(id(), parts, test != 0, value);
  }
}
