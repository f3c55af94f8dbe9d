package io.tiphys.cel.check;

import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.Issue;
import io.tiphys.cel.syntax.Issues;
import io.tiphys.cel.syntax.Parsed;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the names of an expression mean and of which type each part is, in the order and
 * the words of cel-go's checker (checker/checker.go). Calls are {@link CallCheck}'s.
 */
public final class Checker {
  private final Parsed parsed;
  private final Declarations declarations;
  private final CelType[] types;
  private final Map<Integer, Reference> references = new HashMap<>();
  private final List<Issue> issues = new ArrayList<>();
  private final Substitutions substitutions = new Substitutions();
  private final CallCheck calls;
  private Scope scope = new Scope(null);
  private int freeTypes;

  private Checker(Parsed parsed, Declarations declarations) {
    this.parsed = parsed;
    this.declarations = declarations;
    types = new CelType[parsed.size()];
    calls = new CallCheck(this, declarations, substitutions);
  }

  public static Checked check(Parsed parsed, Declarations declarations) {
    Checker checker = new Checker(parsed, declarations);
    Expr root = checker.check(parsed.root());
    for (int i = 0; i < checker.types.length; i++) {
      CelType type = checker.types[i];
      if (type != null) {
        checker.types[i] = checker.substitutions.apply(type, true);
      }
    }
    Issues issues = new Issues(parsed.source(), checker.issues);
    return new Checked(parsed, root, checker.types, checker.references, issues);
  }

  Expr check(Expr expr) {
    return switch (expr) {
      case Expr.Unspecified _ -> {
        report(expr.id(), "unexpected unspecified type: ");
        yield typed(expr, CelType.ERROR);
      }
      case Expr.Literal(int _, Constant value) -> typed(expr, typeOf(value));
      case Expr.Ident ident -> ident(ident);
      case Expr.Select select -> select(select);
      case Expr.Call call -> calls.check(call);
      case Expr.ListOf list -> list(list);
      case Expr.MapOf map -> map(map);
      case Expr.Struct struct -> struct(struct);
      case Expr.Comprehension loop -> loop(loop);
    };
  }

  List<Expr> checkAll(List<Expr> all) {
    List<Expr> checked = new ArrayList<>();
    all.forEach(each -> checked.add(check(each)));
    return checked;
  }

  Expr typed(Expr expr, CelType type) {
    types[expr.id()] = type;
    return expr;
  }

  CelType type(Expr expr) {
    CelType type = types[expr.id()];
    return type == null ? CelType.ERROR : type;
  }

  void refer(Expr expr, Reference reference) {
    references.put(expr.id(), reference);
  }

  void report(int id, String message) {
    issues.add(new Issue(parsed.location(id), message));
  }

  void undeclared(int id, String name) {
    report(id, "undeclared reference to '" + name + "' (in container '')");
  }

  CelType freshType() {
    return CelType.parameter("_var" + freeTypes++);
  }

  private static CelType typeOf(Constant value) {
    return switch (value) {
      case Constant.Null _ -> CelType.NULL;
      case Constant.Bool _ -> CelType.BOOL;
      case Constant.Int _ -> CelType.INT;
      case Constant.Uint _ -> CelType.UINT;
      case Constant.Floating _ -> CelType.DOUBLE;
      case Constant.Text _ -> CelType.STRING;
      case Constant.Binary _ -> CelType.BYTES;
    };
  }

  /** The type of a name: of a loop's variable, or else of what the environment declares. */
  private @Nullable CelType lookup(String name) {
    CelType local = name.startsWith(".") ? null : scope.find(name);
    return local != null ? local : declarations.variable(Declarations.plain(name));
  }

  private Expr ident(Expr.Ident ident) {
    CelType type = lookup(ident.name());
    if (type == null) {
      undeclared(ident.id(), ident.name());
      return typed(ident, CelType.ERROR);
    }
    return named(ident.id(), ident.name(), type);
  }

  private Expr named(int id, String name, CelType type) {
    String plain = Declarations.plain(name);
    Expr named = new Expr.Ident(id, plain);
    refer(named, new Reference.Variable(plain));
    return typed(named, type);
  }

  /** The name that a chain of fields spells; null if it is none. */
  static @Nullable String qualifiedName(Expr expr) {
    return switch (expr) {
      case Expr.Ident(int _, String name) -> name;
      case Expr.Select(int _, Expr operand, String field, boolean test) when !test -> {
        String before = qualifiedName(operand);
        yield before == null ? null : before + "." + field;
      }
      default -> null;
    };
  }

  private Expr select(Expr.Select select) {
    String name = qualifiedName(select);
    CelType named = name == null ? null : lookup(name);
    if (name != null && named != null) {
      return named(select.id(), name, named);
    }
    Expr operand = check(select.operand());
    CelType type = fieldType(select.id(), operand, select.field(), false);
    CelType result = select.test() ? CelType.BOOL : substitutions.apply(type, false);
    return typed(new Expr.Select(select.id(), operand, select.field(), select.test()), result);
  }

  /** The type of a field of a checked operand. */
  CelType fieldType(int id, Expr operand, String field, boolean optional) {
    CelType operandType = substitutions.apply(type(operand), false);
    CelType target = operandType.unwrapped();
    CelType result =
        switch (target.kind()) {
          case MAP -> target.parameters().get(1);
          case STRUCT -> structField(id, target.name(), field);
          case TYPE_PARAMETER -> {
            substitutions.assign(CelType.DYN, target);
            yield CelType.DYN;
          }
          default -> {
            if (!target.isDyn() && !target.isError()) {
              report(id, "type '" + target.show() + "' does not support field selection");
            }
            yield CelType.DYN;
          }
        };
    return operandType.isOptional() || optional ? CelType.optional(result) : result;
  }

  private CelType structField(int id, String type, String field) {
    if (declarations.types().find(type).isEmpty()) {
      report(id, "unexpected failed resolution of '" + type + "'");
      return CelType.ERROR;
    }
    return declarations
        .types()
        .field(type, field)
        .orElseGet(
            () -> {
              report(id, "undefined field '" + field + "'");
              return CelType.ERROR;
            });
  }

  private Expr list(Expr.ListOf list) {
    List<Expr> elements = new ArrayList<>();
    CelType joined = null;
    for (int i = 0; i < list.elements().size(); i++) {
      Expr element = check(list.elements().get(i));
      elements.add(element);
      CelType type = type(element);
      joined = join(element, joined, list.optional().contains(i) ? held(element, type) : type);
    }
    CelType of = joined == null ? freshType() : joined;
    return typed(new Expr.ListOf(list.id(), elements, list.optional()), CelType.list(of));
  }

  /** What a part that may be absent holds. */
  private CelType held(Expr expr, CelType type) {
    if (!type.isOptional() && !type.isDyn()) {
      mismatch(expr.id(), CelType.optional(type), type);
    }
    return type.unwrapped();
  }

  private Expr map(Expr.MapOf map) {
    List<Expr.Entry> entries = new ArrayList<>();
    CelType keys = null;
    CelType values = null;
    for (Expr.Entry entry : map.entries()) {
      Expr key = check(entry.key());
      keys = join(key, keys, type(key));
      Expr value = check(entry.value());
      CelType type = type(value);
      values = join(value, values, entry.optional() ? held(value, type) : type);
      entries.add(new Expr.Entry(entry.id(), key, value, entry.optional()));
    }
    CelType of =
        CelType.map(keys == null ? freshType() : keys, values == null ? freshType() : values);
    return typed(new Expr.MapOf(map.id(), entries), of);
  }

  /** The type of elements that stand beside one another: all must have one. */
  private CelType join(Expr expr, @Nullable CelType previous, CelType current) {
    if (previous == null) {
      return current;
    }
    if (substitutions.assign(previous, current)) {
      return Substitutions.moreGeneral(previous, current);
    }
    mismatch(expr.id(), previous, current);
    return CelType.ERROR;
  }

  private void mismatch(int id, CelType expected, CelType found) {
    report(id, "expected type '" + expected.show() + "' but found '" + found.show() + "'");
  }

  private Expr struct(Expr.Struct struct) {
    CelType named = lookup(struct.type());
    String name = Declarations.plain(struct.type());
    CelType type = CelType.ERROR;
    if (named == null) {
      undeclared(struct.id(), struct.type());
      return typed(struct, CelType.ERROR);
    }
    if (named.kind() != Kind.TYPE) {
      report(struct.id(), "'" + named.name() + "' is not a type");
    } else if (named.parameters().getFirst().kind() == Kind.STRUCT) {
      type = named.parameters().getFirst();
    } else {
      report(struct.id(), "'" + named.parameters().getFirst().name() + "' is not a message type");
    }
    List<Expr.Field> fields = new ArrayList<>();
    for (Expr.Field field : struct.fields()) {
      fields.add(field(field, name));
    }
    Expr checked = new Expr.Struct(struct.id(), name, fields);
    refer(checked, new Reference.Variable(name));
    return typed(checked, type);
  }

  private Expr.Field field(Expr.Field field, String struct) {
    Expr value = check(field.value());
    CelType wanted = structField(field.id(), struct, field.name());
    CelType given = type(value);
    CelType held = field.optional() ? held(value, given) : given;
    if (!substitutions.assign(wanted, held)) {
      report(
          field.id(),
          "expected type of field '%s' is '%s' but provided type is '%s'"
              .formatted(field.name(), wanted.show(), held.show()));
    }
    return new Expr.Field(field.id(), field.name(), value, field.optional());
  }

  private Expr loop(Expr.Comprehension loop) {
    Expr range = check(loop.range());
    Expr initial = check(loop.initial());
    CelType accumulated = type(initial);
    CelType rangeType = substitutions.apply(type(range), false);
    scope = new Scope(scope);
    scope.declare(loop.accumulator(), accumulated);
    List<CelType> variables = variables(loop, range, rangeType);
    scope = new Scope(scope);
    scope.declare(loop.variable(), variables.getFirst());
    if (loop.hasTwoVariables()) {
      scope.declare(loop.second(), variables.getLast());
    }
    Expr condition = check(loop.condition());
    assertType(condition, CelType.BOOL);
    Expr step = check(loop.step());
    assertType(step, accumulated);
    scope = scope.outer();
    Expr result = check(loop.result());
    scope = scope.outer();
    Expr checked =
        new Expr.Comprehension(
            loop.id(),
            range,
            loop.variable(),
            loop.second(),
            loop.accumulator(),
            initial,
            condition,
            step,
            result);
    return typed(checked, substitutions.apply(type(result), false));
  }

  private List<CelType> variables(Expr.Comprehension loop, Expr range, CelType type) {
    return switch (type.kind()) {
      case LIST -> {
        CelType element = type.parameters().getFirst();
        yield List.of(loop.hasTwoVariables() ? CelType.INT : element, element);
      }
      case MAP -> type.parameters();
      case DYN, ERROR, TYPE_PARAMETER -> {
        substitutions.assign(CelType.DYN, type);
        yield List.of(CelType.DYN, CelType.DYN);
      }
      default -> {
        report(
            range.id(),
            "expression of type '%s' cannot be range of a comprehension (must be list, map, or dynamic)"
                .formatted(type.show()));
        yield List.of(CelType.ERROR, CelType.ERROR);
      }
    };
  }

  private void assertType(Expr expr, CelType wanted) {
    if (!substitutions.assign(wanted, type(expr))) {
      mismatch(expr.id(), wanted, type(expr));
    }
  }
}
