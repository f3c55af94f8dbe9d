package io.tiphys.cel.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the text of an expression into tokens. Takes the longest token that fits, as cel-go's lexer
 * does (parser/gen/CEL.g4); of what fits none it tells the text up to where it failed, and goes on
 * behind.
 */
final class Lexer {
  private final Source source;
  private final List<Token> tokens = new ArrayList<>();
  private final List<Issue> issues = new ArrayList<>();
  private int at;

  private Lexer(Source source) {
    this.source = source;
  }

  record Tokens(List<Token> all, List<Issue> issues) {}

  static Tokens read(Source source) {
    Lexer lexer = new Lexer(source);
    while (lexer.at < source.length()) {
      lexer.token();
    }
    int end = source.length();
    lexer.tokens.add(new Token(TokenKind.END, end, end, "<EOF>"));
    return new Tokens(lexer.tokens, lexer.issues);
  }

  private void token() {
    int c = source.at(at);
    switch (c) {
      case ' ', '\t', '\r', '\n', '\f' -> at++;
      case '/' -> slash();
      case '[' -> accept(TokenKind.LEFT_BRACKET, at + 1);
      case ']' -> accept(TokenKind.RIGHT_BRACKET, at + 1);
      case '{' -> accept(TokenKind.LEFT_BRACE, at + 1);
      case '}' -> accept(TokenKind.RIGHT_BRACE, at + 1);
      case '(' -> accept(TokenKind.LEFT_PAREN, at + 1);
      case ')' -> accept(TokenKind.RIGHT_PAREN, at + 1);
      case ',' -> accept(TokenKind.COMMA, at + 1);
      case '-' -> accept(TokenKind.MINUS, at + 1);
      case '?' -> accept(TokenKind.QUESTION, at + 1);
      case ':' -> accept(TokenKind.COLON, at + 1);
      case '+' -> accept(TokenKind.PLUS, at + 1);
      case '*' -> accept(TokenKind.STAR, at + 1);
      case '%' -> accept(TokenKind.PERCENT, at + 1);
      case '=' -> pair('=', TokenKind.EQUALS);
      case '&' -> pair('&', TokenKind.AND);
      case '|' -> pair('|', TokenKind.OR);
      case '!' -> either(TokenKind.NOT_EQUALS, TokenKind.EXCLAMATION);
      case '<' -> either(TokenKind.LESS_EQUALS, TokenKind.LESS);
      case '>' -> either(TokenKind.GREATER_EQUALS, TokenKind.GREATER);
      case '"', '\'' -> quoted();
      case '`' -> escapedIdentifier();
      default -> word(c);
    }
  }

  private void word(int c) {
    if (isDigit(c) || (c == '.' && isDigit(source.at(at + 1)))) {
      number();
    } else if (c == '.') {
      accept(TokenKind.DOT, at + 1);
    } else if (isLetter(c)) {
      identifier();
    } else {
      fail(at);
    }
  }

  private void accept(TokenKind kind, int end) {
    tokens.add(new Token(kind, at, end, source.slice(at, end)));
    at = end;
  }

  /** Tells the text up to and with the code point that fits nothing, and leaves it out. */
  private void fail(int failed) {
    String text = source.slice(at, failed + 1);
    String message = "Syntax error: token recognition error at: '" + text + "'";
    issues.add(new Issue(source.location(at), message));
    at = failed + 1;
  }

  private void slash() {
    if (source.at(at + 1) != '/') {
      accept(TokenKind.SLASH, at + 1);
      return;
    }
    while (source.at(at) != '\n' && at < source.length()) {
      at++;
    }
  }

  private void pair(int second, TokenKind kind) {
    if (source.at(at + 1) == second) {
      accept(kind, at + 2);
    } else {
      fail(at + 1);
    }
  }

  private void either(TokenKind withEquals, TokenKind alone) {
    boolean two = source.at(at + 1) == '=';
    accept(two ? withEquals : alone, two ? at + 2 : at + 1);
  }

  private void escapedIdentifier() {
    int end = at + 1;
    while (isLetter(source.at(end))
        || isDigit(source.at(end))
        || ".-/ ".indexOf(source.at(end)) >= 0) {
      end++;
    }
    if (source.at(end) == '`' && end > at + 1) {
      accept(TokenKind.ESCAPED_IDENTIFIER, end + 1);
    } else {
      fail(end);
    }
  }

  private void number() {
    if (source.at(at) == '0' && source.at(at + 1) == 'x' && isHex(source.at(at + 2))) {
      int end = at + 2;
      while (isHex(source.at(end))) {
        end++;
      }
      whole(end);
      return;
    }
    int whole = digits(at);
    int end = whole;
    if (source.at(end) == '.' && isDigit(source.at(end + 1))) {
      end = digits(end + 1);
    }
    int exponent = exponent(end);
    if (exponent > whole) {
      accept(TokenKind.FLOAT, exponent);
    } else {
      whole(whole);
    }
  }

  private void whole(int end) {
    boolean unsigned = source.at(end) == 'u' || source.at(end) == 'U';
    accept(unsigned ? TokenKind.UINT : TokenKind.INT, unsigned ? end + 1 : end);
  }

  private int digits(int from) {
    int end = from;
    while (isDigit(source.at(end))) {
      end++;
    }
    return end;
  }

  private int exponent(int from) {
    if (source.at(from) != 'e' && source.at(from) != 'E') {
      return from;
    }
    boolean signed = source.at(from + 1) == '+' || source.at(from + 1) == '-';
    int first = signed ? from + 2 : from + 1;
    return isDigit(source.at(first)) ? digits(first) : from;
  }

  private void identifier() {
    int end = at;
    while (isLetter(source.at(end)) || isDigit(source.at(end))) {
      end++;
    }
    if (prefixed(end)) {
      return;
    }
    TokenKind kind =
        switch (source.slice(at, end)) {
          case "in" -> TokenKind.IN;
          case "true" -> TokenKind.TRUE;
          case "false" -> TokenKind.FALSE;
          case "null" -> TokenKind.NULL;
          default -> TokenKind.IDENTIFIER;
        };
    accept(kind, end);
  }

  /** Strings with {@code r}, {@code b} or {@code br} in front. */
  private boolean prefixed(int quote) {
    if ((source.at(quote) != '"' && source.at(quote) != '\'') || quote - at > 2) {
      return false;
    }
    int first = Character.toLowerCase(source.at(at));
    int second = quote - at == 2 ? Character.toLowerCase(source.at(at + 1)) : 0;
    boolean bytes = first == 'b';
    boolean raw = quote - at == 2 ? second == 'r' : first == 'r';
    if (!(quote - at == 2 ? bytes && raw : bytes || raw)) {
      return false;
    }
    int end = Quoted.end(source, quote, raw);
    if (end < 0) {
      return false;
    }
    accept(bytes ? TokenKind.BYTES : TokenKind.STRING, end);
    return true;
  }

  private void quoted() {
    int end = Quoted.end(source, at, false);
    if (end >= 0) {
      accept(TokenKind.STRING, end);
    } else {
      fail(~end);
    }
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isHex(int c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
}
