package io.tiphys.cel.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The tokens of an expression, and what happens where they do not fit: ANTLR's default strategy, so
 * that messages are cel-go's. A token too many is left out when the next one fits, a missing one is
 * taken as read when the present one could follow it; otherwise the rule is given up and tokens are
 * skipped up to one that a rule around it waits for. From a mistake until the next token that fits
 * nothing more is told.
 */
final class TokenStream {
  /** As cel-go's errorRecoveryLimit: an expression so broken is not worth going on with. */
  private static final int MOST_RECOVERIES = 30;

  /** As cel-go's errorRecoveryTokenLookaheadLimit. */
  private static final int MOST_SKIPPED = 256;

  /** As cel-go's errorReportingLimit. */
  private static final int MOST_REPORTED = 100;

  private static final Set<TokenKind> PARTS = Set.of(TokenKind.DOT, TokenKind.LEFT_BRACKET);

  private final Source source;
  private final List<Token> tokens;
  private final List<Issue> issues;
  private final Deque<Set<TokenKind>> awaited = new ArrayDeque<>();
  private int at;
  private boolean recovering;
  private int recoveries;

  TokenStream(Source source, Lexer.Tokens read) {
    this.source = source;
    tokens = read.all();
    issues = new ArrayList<>(read.issues());
    awaited.push(Set.of(TokenKind.END));
  }

  /** Leaves a rule that does not fit; has been told. */
  static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1;

    Mismatch() {
      super(null, null, false, false);
    }
  }

  /** Ends the parsing; has been told. */
  static final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1;

    GivenUp() {
      super(null, null, false, false);
    }
  }

  List<Issue> issues() {
    return issues;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token ahead(int count) {
    return tokens.get(Math.min(at + count, tokens.size() - 1));
  }

  boolean sees(TokenKind kind) {
    return peek().kind() == kind;
  }

  boolean sees(Set<TokenKind> kinds) {
    return kinds.contains(peek().kind());
  }

  Token next() {
    Token token = peek();
    if (at < tokens.size() - 1) {
      at++;
    }
    recovering = false;
    return token;
  }

  /** The rules that are entered now wait for these tokens. */
  void await(Set<TokenKind> kinds) {
    awaited.push(kinds);
  }

  void awaitNoMore() {
    awaited.pop();
  }

  /** How many rules wait, for {@link #recover} to come back to. */
  int mark() {
    return awaited.size();
  }

  /** At a choice: only these tokens fit. */
  void sync(Set<TokenKind> fitting) throws Mismatch {
    if (sees(fitting) || recovering) {
      return;
    }
    if (fitting.contains(ahead(1).kind()) && !sees(TokenKind.END)) {
      report("extraneous input " + peek().shown() + " expecting " + TokenKind.show(fitting));
      skipOne();
      return;
    }
    mismatch(fitting);
  }

  private void skipOne() {
    at++;
    recovering = false;
  }

  private void mismatch(Set<TokenKind> fitting) throws Mismatch {
    report("mismatched input " + peek().shown() + " expecting " + TokenKind.show(fitting));
    throw new Mismatch();
  }

  /**
   * Takes a token of this kind.
   *
   * @param after what may come behind it
   */
  Token match(TokenKind kind, Set<TokenKind> after) throws Mismatch {
    if (sees(kind)) {
      return next();
    }
    attempt();
    Set<TokenKind> fitting = Set.of(kind);
    if (ahead(1).kind() == kind && !sees(TokenKind.END)) {
      report("extraneous input " + peek().shown() + " expecting " + TokenKind.show(fitting));
      skipOne();
      return next();
    }
    if (sees(after)) {
      report("missing " + TokenKind.show(fitting) + " at " + peek().shown());
      return new Token(kind, peek().start(), peek().start(), "");
    }
    mismatch(fitting);
    throw new IllegalStateException();
  }

  /** What may follow an operand that ends here. */
  Set<TokenKind> afterOperand() {
    return TokenKind.union(TokenKind.union(TokenKind.OPERATORS, PARTS), awaited.getFirst());
  }

  /** None of the forms that could stand here fits. */
  Mismatch noForm(int from, Token offending) {
    String text = text(from, offending);
    boolean reserved = text.equals(".true") || text.equals(".false") || text.equals(".null");
    String message =
        reserved
            ? "mismatched input '" + text.substring(1) + "' expecting IDENTIFIER"
            : "no viable alternative at input '" + shown(text) + "'";
    report(offending, message);
    return new Mismatch();
  }

  /** The text of the tokens, and what is between them that may be passed over. */
  private String text(int from, Token offending) {
    StringBuilder text = new StringBuilder();
    for (Token token : tokens.subList(at, tokens.size())) {
      if (token.kind() == TokenKind.END || token.start() > offending.start()) {
        break;
      }
      if (token.start() >= from) {
        int gap = text.isEmpty() ? token.start() : tokens.get(tokens.indexOf(token) - 1).end();
        text.append(source.slice(gap, token.start()).replaceAll("[^ \\t\\r\\n\f]", ""));
        text.append(token.text());
      }
    }
    return text.toString();
  }

  private static String shown(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }

  /**
   * Skips to a token that a rule around the one given up waits for.
   *
   * @param mark from where the rule began
   */
  void recover(int mark, boolean operandMayGoOn) {
    while (awaited.size() > mark) {
      awaited.pop();
    }
    attempt();
    int skipped = 0;
    while (!sees(TokenKind.END) && !isAwaited(peek().kind(), operandMayGoOn)) {
      if (skipped++ >= MOST_SKIPPED) {
        issues.add(
            new Issue(
                Location.NONE, "error recovery token lookahead limit exceeded: " + MOST_SKIPPED));
        throw new GivenUp();
      }
      at++;
    }
  }

  private boolean isAwaited(TokenKind kind, boolean operandMayGoOn) {
    boolean part = PARTS.contains(kind) && (operandMayGoOn || awaited.size() > 1);
    return part
        || TokenKind.OPERATORS.contains(kind)
        || awaited.stream().anyMatch(kinds -> kinds.contains(kind));
  }

  private void attempt() {
    if (recoveries == MOST_RECOVERIES) {
      recovering = false;
      report("error recovery attempt limit exceeded: " + MOST_RECOVERIES);
      throw new GivenUp();
    }
    recoveries++;
  }

  private void report(String message) {
    report(peek(), message);
  }

  private void report(Token offending, String message) {
    if (recovering) {
      return;
    }
    recovering = true;
    boolean tooMany = issues.size() >= MOST_REPORTED;
    String told = tooMany ? "More than " + MOST_REPORTED + " syntax errors" : message;
    issues.add(new Issue(source.location(offending.start()), "Syntax error: " + told));
    if (tooMany) {
      throw new GivenUp();
    }
  }
}
