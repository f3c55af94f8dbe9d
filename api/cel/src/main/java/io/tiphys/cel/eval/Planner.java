package io.tiphys.cel.eval;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.check.Reference;
import io.tiphys.cel.cost.CallCosts;
import io.tiphys.cel.cost.CostTracker;
import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.library.Function;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.Operators;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.NullValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.TypeValue;
import io.tiphys.cel.value.UintValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes steps of a checked expression, as cel-go's planner and its optimizations do
 * (interpreter/planner.go, decorators.go): fields of variables become one step, and what depends on
 * no variable is worked out once.
 */
public final class Planner {
  private final Checked checked;
  private final ObjectMaker maker;
  private final boolean folding;
  private final CallPlanner calls;

  private Planner(
      Checked checked, Map<String, Function> functions, ObjectMaker maker, boolean folding) {
    this.checked = checked;
    this.folding = folding;
    this.maker = maker;
    calls = new CallPlanner(checked, functions);
  }

  /** An expression that can not be carried out, whatever its variables are. */
  public static final class Unplannable extends Exception {
    private static final long serialVersionUID = 1;

    Unplannable(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * @param folding whether what depends on no variable is worked out now, and then costs nothing
   */
  public static Plan plan(
      Checked checked, Map<String, Function> functions, ObjectMaker maker, boolean folding)
      throws Unplannable {
    return new Plan(new Planner(checked, functions, maker, folding).plan(checked.root()));
  }

  private Step plan(Expr expr) throws Unplannable {
    return switch (expr) {
      case Expr.Unspecified _ -> throw new Unplannable("unsupported expr: " + expr);
      case Expr.Literal(int id, Constant value) -> new ConstantStep(id, value(value));
      case Expr.Ident ident -> ident(ident);
      case Expr.Select select -> select(select);
      case Expr.Call call -> call(call);
      case Expr.ListOf list -> list(list);
      case Expr.MapOf map -> map(map);
      case Expr.Struct struct -> struct(struct);
      case Expr.Comprehension loop ->
          new LoopStep(
              loop.id(),
              new LoopStep.Names(loop.accumulator(), loop.variable(), loop.second()),
              plan(loop.range()),
              plan(loop.initial()),
              plan(loop.condition()),
              plan(loop.step()),
              plan(loop.result()));
    };
  }

  private List<Step> planAll(List<Expr> all) throws Unplannable {
    List<Step> steps = new ArrayList<>();
    for (Expr each : all) {
      steps.add(plan(each));
    }
    return steps;
  }

  private static Value value(Constant constant) {
    return switch (constant) {
      case Constant.Null _ -> NullValue.NULL;
      case Constant.Bool(boolean value) -> BoolValue.of(value);
      case Constant.Int(long value) -> IntValue.of(value);
      case Constant.Uint(long value) -> new UintValue(value);
      case Constant.Floating(double value) -> new DoubleValue(value);
      case Constant.Text(String value) -> new StringValue(value);
      case Constant.Binary(byte[] value) -> new BytesValue(value);
    };
  }

  private Step ident(Expr.Ident ident) {
    CelType type = checked.type(ident);
    boolean named = checked.reference(ident) instanceof Reference.Variable;
    if (named && type.kind() == Kind.TYPE) {
      CelType meant = type.parameters().isEmpty() ? CelType.TYPE : type.parameters().getFirst();
      return new ConstantStep(ident.id(), new TypeValue(meant));
    }
    Attribute attribute = new Attribute(ident.id(), new Attribute.Variable(ident.name()));
    return new AttributeStep(attribute);
  }

  /** The attribute that an operand is, or else one that is computed by it. */
  private static Attribute attribute(Step operand) {
    return operand instanceof AttributeStep(Attribute attribute, int test) && test == 0
        ? attribute
        : new Attribute(operand.id(), new Attribute.Computed(operand));
  }

  private Step select(Expr.Select select) throws Unplannable {
    Attribute attribute = attribute(plan(select.operand()));
    Value field = new StringValue(select.field());
    if (select.test()) {
      attribute.add(new Qualifier.Presence(select.id(), field));
      return new AttributeStep(attribute, select.id());
    }
    attribute.add(new Qualifier.Constant(select.id(), field, false));
    return new AttributeStep(attribute);
  }

  private Step call(Expr.Call call) throws Unplannable {
    List<Expr> parts = new ArrayList<>();
    if (call.target() != null) {
      parts.add(call.target());
    }
    parts.addAll(call.arguments());
    List<Step> arguments = planAll(parts);
    return switch (call.function()) {
      case Operators.AND -> new LogicStep(call.id(), arguments, false);
      case Operators.OR -> new LogicStep(call.id(), arguments, true);
      case Operators.CONDITIONAL -> conditional(call.id(), arguments);
      case Operators.EQUALS -> new EqualStep(call.id(), arguments.get(0), arguments.get(1), true);
      case Operators.NOT_EQUALS ->
          new EqualStep(call.id(), arguments.get(0), arguments.get(1), false);
      case Operators.INDEX -> index(call.id(), arguments, false);
      case Operators.OPTIONAL_INDEX, Operators.OPTIONAL_SELECT -> index(call.id(), arguments, true);
      default -> optimized(calls.plan(call, arguments));
    };
  }

  private static Step conditional(int id, List<Step> arguments) {
    return new AttributeStep(
        new Attribute(
            id,
            new Attribute.Conditional(
                arguments.get(0), attribute(arguments.get(1)), attribute(arguments.get(2)))));
  }

  private static Step index(int id, List<Step> arguments, boolean optional) {
    Attribute attribute = attribute(arguments.get(0));
    attribute.add(
        switch (arguments.get(1)) {
          case ConstantStep(int _, Value key) -> new Qualifier.Constant(id, key, optional);
          case AttributeStep(Attribute index, int test) when test == 0 ->
              new Qualifier.Index(id, index, optional);
          case Step computed -> new Qualifier.Computed(id, computed, optional);
        });
    return new AttributeStep(attribute);
  }

  private Step list(Expr.ListOf list) throws Unplannable {
    List<Step> elements = planAll(list.elements());
    Set<Integer> optional = new HashSet<>(list.optional());
    ListStep step = new ListStep(list.id(), elements, Step.ids(elements), optional);
    boolean constant = elements.stream().allMatch(ConstantStep.class::isInstance);
    return constant && folding ? new ConstantStep(list.id(), step.make(alone())) : step;
  }

  private Step map(Expr.MapOf map) throws Unplannable {
    List<MapStep.Entry> entries = new ArrayList<>();
    List<Step> parts = new ArrayList<>();
    for (Expr.Entry entry : map.entries()) {
      Step key = plan(entry.key());
      Step value = plan(entry.value());
      entries.add(new MapStep.Entry(key, value, entry.optional()));
      parts.add(key);
      parts.add(value);
    }
    MapStep step = new MapStep(map.id(), entries, Step.ids(parts));
    boolean constant = parts.stream().allMatch(ConstantStep.class::isInstance);
    return constant && folding ? new ConstantStep(map.id(), step.make(alone())) : step;
  }

  private Step struct(Expr.Struct struct) throws Unplannable {
    List<StructStep.Field> fields = new ArrayList<>();
    List<Step> values = new ArrayList<>();
    for (Expr.Field field : struct.fields()) {
      Step value = plan(field.value());
      values.add(value);
      fields.add(new StructStep.Field(field.name(), value, field.optional()));
    }
    return new StructStep(struct.id(), struct.type(), fields, Step.ids(values), maker);
  }

  private Step optimized(Step step) throws Unplannable {
    return folding && step instanceof CallStep call ? ConstantCalls.fold(call) : step;
  }

  /** A frame for what needs no variables. */
  static Frame alone() {
    return new Frame(name -> null, new CostTracker(CallCosts.NONE, Costs.MOST), () -> false);
  }
}
