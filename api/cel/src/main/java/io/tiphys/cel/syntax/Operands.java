package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.TokenStream.Mismatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what stands between operators: literals, names, calls, members, lists, maps, objects. */
final class Operands {
  /** Words that are no names, for languages around may mean something by them. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "package",
          "namespace",
          "null",
          "return",
          "true",
          "var",
          "void",
          "while");

  private static final Set<TokenKind> SIGNED = Set.of(TokenKind.INT, TokenKind.FLOAT);
  private static final Set<TokenKind> NAMES =
      Set.of(TokenKind.IDENTIFIER, TokenKind.ESCAPED_IDENTIFIER);
  private static final Set<TokenKind> OPERAND = operand();
  private static final Set<TokenKind> IN_CALL = Parser.set(TokenKind.COMMA, TokenKind.RIGHT_PAREN);
  private static final Set<TokenKind> IN_INDEX = Parser.set(TokenKind.RIGHT_BRACKET);
  private static final Set<TokenKind> IN_LIST =
      Parser.set(TokenKind.COMMA, TokenKind.RIGHT_BRACKET);
  private static final Set<TokenKind> IN_MAP =
      Parser.set(TokenKind.COMMA, TokenKind.COLON, TokenKind.RIGHT_BRACE);

  private final Parser parser;
  private final TokenStream tokens;
  private final ExprFactory factory;

  Operands(Parser parser, TokenStream tokens, ExprFactory factory) {
    this.parser = parser;
    this.tokens = tokens;
    this.factory = factory;
  }

  private static Set<TokenKind> operand() {
    Set<TokenKind> kinds = TokenKind.union(TokenKind.EXPRESSION, Set.of());
    kinds.remove(TokenKind.EXCLAMATION);
    kinds.remove(TokenKind.MINUS);
    return kinds;
  }

  Expr unary() {
    int mark = tokens.mark();
    try {
      tokens.sync(TokenKind.EXPRESSION);
      if (tokens.sees(TokenKind.EXCLAMATION)) {
        return repeated(TokenKind.EXCLAMATION, Operators.NOT);
      }
      if (tokens.sees(TokenKind.MINUS) && !SIGNED.contains(tokens.ahead(1).kind())) {
        return repeated(TokenKind.MINUS, Operators.NEGATE);
      }
      return member();
    } catch (Mismatch _) {
      tokens.recover(mark, false);
      return parser.nothing();
    }
  }

  /** A pair of the same signs says nothing. */
  private Expr repeated(TokenKind kind, String function) throws Mismatch {
    Token first = tokens.peek();
    int count = 0;
    while (tokens.sees(kind) && !(kind == TokenKind.MINUS && isLastBad())) {
      tokens.next();
      count++;
    }
    if (kind == TokenKind.EXCLAMATION) {
      tokens.sync(TokenKind.EXPRESSION);
    }
    if (count % 2 == 0) {
      return member();
    }
    int id = factory.id(first.start());
    Expr operand = member();
    return parser.deeper(parser.call(id, function, List.of(operand)), List.of(operand));
  }

  /** Whether what follows a minus is neither another nor an operand. */
  private boolean isLastBad() throws Mismatch {
    Token next = tokens.ahead(1);
    if (next.kind() == TokenKind.MINUS || OPERAND.contains(next.kind())) {
      return false;
    }
    throw tokens.noForm(tokens.peek().start(), next);
  }

  private Expr member() {
    Expr operand = primary();
    int mark = tokens.mark();
    try {
      while (true) {
        if (tokens.sees(TokenKind.DOT)) {
          operand = afterDot(operand);
        } else if (tokens.sees(TokenKind.LEFT_BRACKET)) {
          operand = index(operand);
        } else {
          return operand;
        }
      }
    } catch (Mismatch _) {
      tokens.recover(mark, false);
      return operand;
    }
  }

  private Expr afterDot(Expr operand) throws Mismatch {
    Token dot = tokens.peek();
    Token next = tokens.ahead(1);
    boolean optional = next.kind() == TokenKind.QUESTION;
    Token name = optional ? tokens.ahead(2) : next;
    if (!NAMES.contains(name.kind())) {
      throw tokens.noForm(dot.start(), name);
    }
    tokens.next();
    if (optional) {
      tokens.next();
    }
    tokens.next();
    if (!optional && name.kind() == TokenKind.IDENTIFIER && tokens.sees(TokenKind.LEFT_PAREN)) {
      return memberCall(operand, name.text());
    }
    return select(operand, dot, name, optional);
  }

  private Expr select(Expr operand, Token dot, Token name, boolean optional) {
    if (name.kind() == TokenKind.ESCAPED_IDENTIFIER) {
      parser.refuse(factory.id(name.start()), "unsupported syntax: '`'");
    }
    int id = factory.id(dot.start());
    if (!optional) {
      return parser.deeper(new Expr.Select(id, operand, name.text(), false), List.of(operand));
    }
    Expr field = new Expr.Literal(factory.id(name.start()), new Constant.Text(name.text()));
    Expr made = new Expr.Call(id, null, Operators.OPTIONAL_SELECT, List.of(operand, field));
    return parser.deeper(made, List.of(operand));
  }

  private Expr memberCall(Expr operand, String function) throws Mismatch {
    int id = factory.id(tokens.peek().start());
    List<Expr> arguments = arguments();
    List<Expr> parts = new ArrayList<>(arguments);
    parts.add(operand);
    return parser.deeper(parser.call(id, operand, function, arguments), parts);
  }

  private Expr index(Expr operand) throws Mismatch {
    int id = factory.id(tokens.next().start());
    boolean optional = tokens.sees(TokenKind.QUESTION);
    if (optional) {
      tokens.next();
    }
    tokens.await(IN_INDEX);
    Expr index = parser.expression();
    tokens.awaitNoMore();
    tokens.match(TokenKind.RIGHT_BRACKET, tokens.afterOperand());
    String function = optional ? Operators.OPTIONAL_INDEX : Operators.INDEX;
    return parser.deeper(
        parser.call(id, function, List.of(operand, index)), List.of(operand, index));
  }

  private Expr primary() {
    Token token = tokens.peek();
    int mark = tokens.mark();
    try {
      if (token.kind() == TokenKind.MINUS && !SIGNED.contains(tokens.ahead(1).kind())) {
        throw tokens.noForm(token.start(), tokens.ahead(1));
      }
      return switch (token.kind()) {
        case LEFT_PAREN -> nested();
        case LEFT_BRACKET -> list();
        case LEFT_BRACE -> map();
        case DOT, IDENTIFIER -> named();
        case MINUS, INT, UINT, FLOAT, STRING, BYTES, TRUE, FALSE, NULL ->
            Literals.read(parser, tokens, factory);
        default -> {
          tokens.sync(OPERAND);
          yield parser.nothing();
        }
      };
    } catch (Mismatch _) {
      tokens.recover(mark, true);
      return parser.nothing();
    }
  }

  private Expr nested() throws Mismatch {
    tokens.next();
    tokens.await(Parser.set(TokenKind.RIGHT_PAREN));
    Expr inner = parser.expression();
    tokens.awaitNoMore();
    tokens.match(TokenKind.RIGHT_PAREN, tokens.afterOperand());
    return inner;
  }

  /** A name, a call or an object of a named type. */
  private Expr named() throws Mismatch {
    Token start = tokens.peek();
    boolean dotted = start.kind() == TokenKind.DOT;
    Token name = dotted ? tokens.ahead(1) : start;
    if (name.kind() != TokenKind.IDENTIFIER) {
      throw tokens.noForm(start.start(), name);
    }
    int names = typeNames(dotted ? 1 : 0);
    if (names > 0) {
      return struct(names, dotted);
    }
    if (dotted) {
      tokens.next();
    }
    tokens.next();
    String prefix = dotted ? "." : "";
    boolean call = tokens.sees(TokenKind.LEFT_PAREN);
    if (RESERVED.contains(name.text())) {
      int id = factory.id(start.start());
      if (call) {
        arguments();
      }
      return parser.refuse(id, "reserved identifier: " + name.text());
    }
    if (!call) {
      return new Expr.Ident(factory.id(name.start()), prefix + name.text());
    }
    int id = factory.id(tokens.peek().start());
    List<Expr> arguments = arguments();
    return parser.deeper(parser.call(id, prefix + name.text(), arguments), arguments);
  }

  /** How many names with dots between them stand before a brace; 0 if none does. */
  private int typeNames(int from) {
    int at = from;
    while (tokens.ahead(at).kind() == TokenKind.IDENTIFIER) {
      if (tokens.ahead(at + 1).kind() == TokenKind.LEFT_BRACE) {
        return (at - from) / 2 + 1;
      }
      if (tokens.ahead(at + 1).kind() != TokenKind.DOT) {
        return 0;
      }
      at += 2;
    }
    return 0;
  }

  private Expr struct(int names, boolean dotted) throws Mismatch {
    StringBuilder type = new StringBuilder();
    for (int i = 0; i < names * 2 - 1 + (dotted ? 1 : 0); i++) {
      type.append(tokens.next().text());
    }
    int id = factory.id(tokens.next().start());
    tokens.await(IN_MAP);
    List<Expr.Field> fields = fields();
    tokens.awaitNoMore();
    close(TokenKind.RIGHT_BRACE);
    return parser.deeper(
        new Expr.Struct(id, type.toString(), fields),
        fields.stream().map(Expr.Field::value).toList());
  }

  private List<Expr.Field> fields() throws Mismatch {
    Set<TokenKind> start =
        Parser.set(
            TokenKind.RIGHT_BRACE,
            TokenKind.COMMA,
            TokenKind.QUESTION,
            TokenKind.IDENTIFIER,
            TokenKind.ESCAPED_IDENTIFIER);
    List<Expr.Field> fields = new ArrayList<>();
    tokens.sync(start);
    if (tokens.sees(TokenKind.RIGHT_BRACE) || tokens.sees(TokenKind.COMMA)) {
      return fields;
    }
    int mark = tokens.mark();
    try {
      do {
        boolean optional = skipped(TokenKind.QUESTION);
        Token name = tokens.peek();
        if (!NAMES.contains(name.kind())) {
          throw tokens.noForm(name.start(), name);
        }
        tokens.next();
        int id = factory.id(tokens.match(TokenKind.COLON, TokenKind.EXPRESSION).start());
        if (name.kind() == TokenKind.ESCAPED_IDENTIFIER) {
          parser.refuse(factory.id(name.start()), "unsupported syntax: '`'");
        }
        fields.add(new Expr.Field(id, name.text(), parser.expression(), optional));
      } while (skippedBefore(TokenKind.COMMA, TokenKind.RIGHT_BRACE));
    } catch (Mismatch _) {
      tokens.recover(mark, false);
    }
    return fields;
  }

  private List<Expr> arguments() throws Mismatch {
    tokens.next();
    tokens.await(IN_CALL);
    tokens.sync(TokenKind.union(TokenKind.EXPRESSION, Set.of(TokenKind.RIGHT_PAREN)));
    List<Expr> arguments = new ArrayList<>();
    if (!tokens.sees(TokenKind.RIGHT_PAREN)) {
      do {
        arguments.add(parser.expression());
      } while (skipped(TokenKind.COMMA));
    }
    tokens.awaitNoMore();
    tokens.match(TokenKind.RIGHT_PAREN, tokens.afterOperand());
    return arguments;
  }

  private Expr list() throws Mismatch {
    int id = factory.id(tokens.next().start());
    tokens.await(IN_LIST);
    tokens.sync(
        TokenKind.union(
            TokenKind.EXPRESSION,
            Set.of(TokenKind.RIGHT_BRACKET, TokenKind.COMMA, TokenKind.QUESTION)));
    List<Expr> elements = new ArrayList<>();
    List<Integer> optional = new ArrayList<>();
    if (!tokens.sees(IN_LIST)) {
      do {
        if (skipped(TokenKind.QUESTION)) {
          optional.add(elements.size());
        }
        elements.add(parser.expression());
      } while (skippedBefore(TokenKind.COMMA, TokenKind.RIGHT_BRACKET));
    }
    tokens.awaitNoMore();
    close(TokenKind.RIGHT_BRACKET);
    Expr made = new Expr.ListOf(id, elements, optional);
    return flat(made, elements);
  }

  private Expr map() throws Mismatch {
    int id = factory.id(tokens.next().start());
    tokens.await(IN_MAP);
    tokens.sync(
        TokenKind.union(
            TokenKind.EXPRESSION,
            Set.of(TokenKind.RIGHT_BRACE, TokenKind.COMMA, TokenKind.QUESTION)));
    List<Expr.Entry> entries = new ArrayList<>();
    if (!tokens.sees(TokenKind.RIGHT_BRACE) && !tokens.sees(TokenKind.COMMA)) {
      entries(entries);
    }
    tokens.awaitNoMore();
    close(TokenKind.RIGHT_BRACE);
    List<Expr> parts = new ArrayList<>();
    entries.forEach(
        entry -> {
          parts.add(entry.key());
          parts.add(entry.value());
        });
    return flat(new Expr.MapOf(id, entries), parts);
  }

  private void entries(List<Expr.Entry> entries) {
    int mark = tokens.mark();
    try {
      do {
        boolean optional = skipped(TokenKind.QUESTION);
        Expr key = parser.expression();
        int id = factory.id(tokens.match(TokenKind.COLON, TokenKind.EXPRESSION).start());
        entries.add(new Expr.Entry(id, key, parser.expression(), optional));
      } while (skippedBefore(TokenKind.COMMA, TokenKind.RIGHT_BRACE));
    } catch (Mismatch _) {
      tokens.recover(mark, false);
    }
  }

  private Expr flat(Expr made, List<Expr> parts) {
    int depth = 0;
    for (Expr part : parts) {
      depth = Math.max(depth, factory.depth(part));
    }
    factory.setDepth(made, depth);
    return made;
  }

  private boolean skipped(TokenKind kind) {
    if (tokens.sees(kind)) {
      tokens.next();
      return true;
    }
    return false;
  }

  /** Skips a separator unless it is the last one, which says nothing. */
  private boolean skippedBefore(TokenKind separator, TokenKind end) {
    return tokens.ahead(1).kind() != end && skipped(separator);
  }

  private void close(TokenKind end) throws Mismatch {
    tokens.sync(Parser.set(TokenKind.COMMA, end));
    skipped(TokenKind.COMMA);
    tokens.match(end, tokens.afterOperand());
  }
}
