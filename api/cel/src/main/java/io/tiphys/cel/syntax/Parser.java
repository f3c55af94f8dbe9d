package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Macro.Refused;
import io.tiphys.cel.syntax.TokenStream.GivenUp;
import io.tiphys.cel.syntax.TokenStream.Mismatch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression: the operators of the grammar (cel-go's parser/gen/CEL.g4); operands are read
 * by {@link Operands}. Never fails; what is wrong is told in the result.
 */
public final class Parser {
  /** As cel-go's expressionSizeCodePointLimit. */
  private static final int LONGEST = 100_000;

  /** As cel-go's maxRecursionDepth: how deep a form may lie in forms of its kind. */
  static final int DEEPEST = 250;

  private final Source source;
  private final Map<Macro.Key, Macro> macros;
  private final ExprFactory factory = new ExprFactory();
  private final List<Issue> refused = new ArrayList<>();
  private final TokenStream tokens;
  private final Operands operands;
  private int expressions;
  private int relations;
  private int sums;

  private Parser(Source source, Map<Macro.Key, Macro> macros, TokenStream tokens) {
    this.source = source;
    this.macros = macros;
    this.tokens = tokens;
    operands = new Operands(this, tokens, factory);
  }

  public static Parsed parse(String text, List<Macro> macros) {
    Source source = new Source(text);
    if (source.length() > LONGEST) {
      String message =
          "expression code point size exceeds limit: size: %d, limit %d"
              .formatted(source.length(), LONGEST);
      Issues issues = new Issues(source, List.of(new Issue(Location.NONE, message)));
      return new Parsed(source, new Expr.Unspecified(0), new int[0], Map.of(), issues);
    }
    Map<Macro.Key, Macro> byKey = new HashMap<>();
    macros.forEach(macro -> byKey.put(macro.key(), macro));
    Parser parser = new Parser(source, byKey, new TokenStream(source, Lexer.read(source)));
    return parser.parse();
  }

  private Parsed parse() {
    Expr root;
    try {
      root = expression();
      end();
    } catch (GivenUp _) {
      root = new Expr.Unspecified(0);
      if (factory.isFull()) {
        tokens.issues().add(new Issue(Location.NONE, "expression is too large"));
      }
    }
    List<Issue> issues = new ArrayList<>(tokens.issues());
    issues.addAll(refused);
    return new Parsed(
        source, root, factory.offsets(), factory.macros(), new Issues(source, issues));
  }

  private void end() {
    try {
      tokens.match(TokenKind.END, Set.of());
    } catch (Mismatch _) {
      tokens.recover(tokens.mark(), false);
    }
  }

  Expr expression() {
    expressions = entered(expressions);
    int mark = tokens.mark();
    try {
      Expr condition = or();
      if (!tokens.sees(TokenKind.QUESTION)) {
        return condition;
      }
      int id = factory.id(tokens.next().start());
      tokens.await(Set.of(TokenKind.COLON));
      Expr whenTrue = or();
      tokens.awaitNoMore();
      tokens.match(TokenKind.COLON, TokenKind.EXPRESSION);
      Expr whenFalse = expression();
      return deeper(
          call(id, Operators.CONDITIONAL, List.of(condition, whenTrue, whenFalse)),
          List.of(condition, whenTrue, whenFalse));
    } catch (Mismatch _) {
      tokens.recover(mark, false);
      return nothing();
    } finally {
      expressions--;
    }
  }

  private int entered(int depth) {
    if (depth >= DEEPEST) {
      tokens
          .issues()
          .add(new Issue(Location.NONE, "expression recursion limit exceeded: " + DEEPEST));
      throw new GivenUp();
    }
    return depth + 1;
  }

  private Expr or() {
    Expr first = and();
    return tokens.sees(TokenKind.OR) ? chain(first, TokenKind.OR, Operators.OR) : first;
  }

  private Expr and() {
    Expr first = relation(TokenKind.RELATIONS);
    return tokens.sees(TokenKind.AND) ? chain(first, TokenKind.AND, Operators.AND) : first;
  }

  /** Terms as a balanced tree, so that many of them do not lie deep. */
  private Expr chain(Expr first, TokenKind kind, String function) {
    List<Expr> terms = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    terms.add(first);
    while (tokens.sees(kind)) {
      Token operator = tokens.next();
      terms.add(kind == TokenKind.OR ? and() : relation(TokenKind.RELATIONS));
      ids.add(factory.id(operator.start()));
    }
    return balanced(function, terms, ids, 0, ids.size() - 1);
  }

  private Expr balanced(String function, List<Expr> terms, List<Integer> ids, int low, int high) {
    int middle = (low + high + 1) / 2;
    Expr left = middle == low ? terms.get(middle) : balanced(function, terms, ids, low, middle - 1);
    Expr right =
        middle == high ? terms.get(middle + 1) : balanced(function, terms, ids, middle + 1, high);
    Expr made = new Expr.Call(ids.get(middle), null, function, List.of(left, right));
    factory.setDepth(made, Math.max(factory.depth(left), factory.depth(right)));
    return made;
  }

  private Expr relation(Set<TokenKind> operators) {
    relations = entered(relations);
    Expr left = sum();
    while (tokens.sees(operators)) {
      Token operator = tokens.next();
      int id = factory.id(operator.start());
      left = binary(id, operator, left, relation(Set.of()));
    }
    relations--;
    return left;
  }

  private Expr sum() {
    sums = entered(sums);
    Expr left = product();
    while (tokens.sees(TokenKind.TERMS)) {
      Token operator = tokens.next();
      int id = factory.id(operator.start());
      sums = entered(sums);
      Expr right = product();
      sums--;
      left = binary(id, operator, left, right);
    }
    sums--;
    return left;
  }

  private Expr product() {
    Expr left = operands.unary();
    while (tokens.sees(TokenKind.FACTORS)) {
      Token operator = tokens.next();
      int id = factory.id(operator.start());
      sums = entered(sums);
      Expr right = operands.unary();
      sums--;
      left = binary(id, operator, left, right);
    }
    return left;
  }

  private Expr binary(int id, Token operator, Expr left, Expr right) {
    String function = operator.kind() == TokenKind.IN ? Operators.IN : "_" + operator.text() + "_";
    return deeper(call(id, function, List.of(left, right)), List.of(left, right));
  }

  /** Notes that a form lies around others. */
  Expr deeper(Expr made, List<Expr> parts) {
    int depth = 1;
    for (Expr part : parts) {
      depth = Math.max(depth, factory.depth(part) + 1);
    }
    if (depth > DEEPEST) {
      tokens.issues().add(new Issue(Location.NONE, "max recursion depth exceeded"));
      throw new GivenUp();
    }
    factory.setDepth(made, depth);
    return made;
  }

  Expr call(int id, String function, List<Expr> arguments) {
    return call(id, null, function, arguments);
  }

  /** A call, or what the macro of that name makes of it. */
  Expr call(int id, @Nullable Expr target, String function, List<Expr> arguments) {
    Expr.Call plain = new Expr.Call(id, target, function, arguments);
    Macro macro = macros.get(new Macro.Key(function, arguments.size(), target != null));
    if (macro == null) {
      return plain;
    }
    try {
      Expr expanded = macro.expansion().expand(factory.at(id), target, arguments);
      if (expanded == null) {
        return plain;
      }
      factory.expanded(expanded, plain);
      return expanded;
    } catch (Refused e) {
      return refuse(e.place(), e.getMessage());
    }
  }

  /** Something wrong that the grammar lets pass. */
  Expr refuse(int id, @Nullable String message) {
    int offset = factory.offset(id);
    Location place = offset < 0 ? Location.NONE : source.location(offset);
    refused.add(new Issue(place, String.valueOf(message)));
    return new Expr.Unspecified(id);
  }

  Expr nothing() {
    return new Expr.Unspecified(factory.id(tokens.peek().start()));
  }

  static Set<TokenKind> set(TokenKind first, TokenKind... others) {
    return EnumSet.of(first, others);
  }
}
