package io.tiphys.meta.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One reading of the text of a selector.
 *
 * <p>Checked against Lexer and Parser in apimachinery/pkg/labels/selector.go.
 */
final class SelectorParser {

  private enum Kind {
    END,
    CLOSE,
    COMMA,
    NOT,
    DOUBLE_EQUALS,
    EQUALS,
    GREATER,
    IDENTIFIER,
    IN,
    LESS,
    NOT_EQUALS,
    NOT_IN,
    OPEN
  }

  private record Token(Kind kind, String text) {
    /** Where a name or value is expected, {@code in} and {@code notin} are names too. */
    Token asValue() {
      return kind == Kind.IN || kind == Kind.NOT_IN ? new Token(Kind.IDENTIFIER, text) : this;
    }

    boolean is(Kind expected) {
      return kind == expected;
    }
  }

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int read;
  private int next;

  SelectorParser(String text) {
    this.text = text;
  }

  List<Requirement> parse() {
    do {
      tokens.add(token());
    } while (!tokens.getLast().is(Kind.END));
    List<Requirement> requirements = new ArrayList<>();
    while (true) {
      Token token = peek();
      if (token.is(Kind.END)) {
        return requirements;
      }
      if (!token.is(Kind.IDENTIFIER) && !token.is(Kind.NOT)) {
        throw found(token, "!, identifier, or 'end of string'");
      }
      try {
        requirements.add(requirement());
      } catch (SelectorException e) {
        throw new SelectorException("unable to parse requirement: " + e.getMessage());
      }
      Token after = take();
      if (after.is(Kind.END)) {
        return requirements;
      }
      if (!after.is(Kind.COMMA)) {
        throw found(after, "',' or 'end of string'");
      }
      if (!peek().is(Kind.IDENTIFIER) && !peek().is(Kind.NOT)) {
        throw found(peek(), "identifier after ','");
      }
    }
  }

  private Requirement requirement() {
    Token key = take();
    boolean absent = key.is(Kind.NOT);
    if (absent) {
      key = take();
    }
    if (!key.is(Kind.IDENTIFIER)) {
      throw found(key, "identifier");
    }
    String problem = Requirement.keyProblem(key.text(), "<nil>");
    if (problem != null) {
      throw new SelectorException(problem);
    }
    if (absent) {
      return Requirement.of(key.text(), Operator.DOES_NOT_EXIST, List.of());
    }
    if (peek().is(Kind.END) || peek().is(Kind.COMMA)) {
      return Requirement.of(key.text(), Operator.EXISTS, List.of());
    }
    Operator operator = operator();
    SortedSet<String> values =
        operator == Operator.IN || operator == Operator.NOT_IN ? values() : exactValue();
    return Requirement.of(key.text(), operator, List.copyOf(values));
  }

  private Operator operator() {
    Token token = tokens.get(next++);
    return switch (token.kind()) {
      case IN -> Operator.IN;
      case NOT_IN -> Operator.NOT_IN;
      case EQUALS -> Operator.EQUALS;
      case DOUBLE_EQUALS -> Operator.DOUBLE_EQUALS;
      case NOT_EQUALS -> Operator.NOT_EQUALS;
      case GREATER -> Operator.GREATER_THAN;
      case LESS -> Operator.LESS_THAN;
      default -> throw found(token, "in, notin, =, ==, !=, gt, lt");
    };
  }

  private SortedSet<String> values() {
    Token open = take();
    if (!open.is(Kind.OPEN)) {
      throw new SelectorException("found '" + open.text() + "' expected: '('");
    }
    Token first = peek();
    if (first.is(Kind.CLOSE)) {
      take();
      return new TreeSet<>(List.of(""));
    }
    if (!first.is(Kind.IDENTIFIER) && !first.is(Kind.COMMA)) {
      throw found(first, "',', ')' or identifier");
    }
    SortedSet<String> values = identifiers();
    take(); // the closing parenthesis, which identifiers() has seen
    return values;
  }

  /** Values between commas; nothing between two of them is the empty value. */
  private SortedSet<String> identifiers() {
    SortedSet<String> values = new TreeSet<>();
    while (true) {
      Token token = take();
      switch (token.kind()) {
        case IDENTIFIER -> {
          values.add(token.text());
          if (peek().is(Kind.CLOSE)) {
            return values;
          }
          if (!peek().is(Kind.COMMA)) {
            throw found(peek(), "',' or ')'");
          }
        }
        case COMMA -> {
          if (values.isEmpty() || peek().is(Kind.COMMA)) {
            values.add("");
          }
          if (peek().is(Kind.CLOSE)) {
            values.add("");
            return values;
          }
        }
        default -> throw found(token, "',', or identifier");
      }
    }
  }

  private SortedSet<String> exactValue() {
    if (peek().is(Kind.END) || peek().is(Kind.COMMA)) {
      return new TreeSet<>(List.of(""));
    }
    Token token = take();
    if (!token.is(Kind.IDENTIFIER)) {
      throw found(token, "identifier");
    }
    return new TreeSet<>(List.of(token.text()));
  }

  private Token peek() {
    return tokens.get(next).asValue();
  }

  private Token take() {
    return tokens.get(next++).asValue();
  }

  private static SelectorException found(Token token, String expected) {
    return new SelectorException("found '" + token.text() + "', expected: " + expected);
  }

  private Token token() {
    while (read < text.length() && isBlank(text.charAt(read))) {
      read++;
    }
    if (read == text.length() || text.charAt(read) == 0) {
      return new Token(Kind.END, "");
    }
    return isSymbol(text.charAt(read)) ? symbol() : word();
  }

  private Token word() {
    int start = read;
    while (read < text.length()
        && text.charAt(read) != 0
        && !isBlank(text.charAt(read))
        && !isSymbol(text.charAt(read))) {
      read++;
    }
    String word = text.substring(start, read);
    return switch (word) {
      case "in" -> new Token(Kind.IN, word);
      case "notin" -> new Token(Kind.NOT_IN, word);
      default -> new Token(Kind.IDENTIFIER, word);
    };
  }

  private Token symbol() {
    String two = text.substring(read, Math.min(read + 2, text.length()));
    String symbol = two.equals("==") || two.equals("!=") ? two : two.substring(0, 1);
    read += symbol.length();
    Kind kind =
        switch (symbol) {
          case ")" -> Kind.CLOSE;
          case "," -> Kind.COMMA;
          case "!" -> Kind.NOT;
          case "==" -> Kind.DOUBLE_EQUALS;
          case "=" -> Kind.EQUALS;
          case ">" -> Kind.GREATER;
          case "<" -> Kind.LESS;
          case "!=" -> Kind.NOT_EQUALS;
          default -> Kind.OPEN;
        };
    return new Token(kind, symbol);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isSymbol(char c) {
    return "=!(),><".indexOf(c) >= 0;
  }
}
