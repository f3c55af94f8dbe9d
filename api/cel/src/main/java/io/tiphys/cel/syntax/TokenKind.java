package io.tiphys.cel.syntax;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The kinds of tokens, in the order in which messages list them: that of cel-go's CEL.g4. */
enum TokenKind {
  END("<EOF>"),
  EQUALS("'=='"),
  NOT_EQUALS("'!='"),
  IN("'in'"),
  LESS("'<'"),
  LESS_EQUALS("'<='"),
  GREATER_EQUALS("'>='"),
  GREATER("'>'"),
  AND("'&&'"),
  OR("'||'"),
  LEFT_BRACKET("'['"),
  RIGHT_BRACKET("']'"),
  LEFT_BRACE("'{'"),
  RIGHT_BRACE("'}'"),
  LEFT_PAREN("'('"),
  RIGHT_PAREN("')'"),
  DOT("'.'"),
  COMMA("','"),
  MINUS("'-'"),
  EXCLAMATION("'!'"),
  QUESTION("'?'"),
  COLON("':'"),
  PLUS("'+'"),
  STAR("'*'"),
  SLASH("'/'"),
  PERCENT("'%'"),
  TRUE("'true'"),
  FALSE("'false'"),
  NULL("'null'"),
  FLOAT("NUM_FLOAT"),
  INT("NUM_INT"),
  UINT("NUM_UINT"),
  STRING("STRING"),
  BYTES("BYTES"),
  IDENTIFIER("IDENTIFIER"),
  ESCAPED_IDENTIFIER("ESC_IDENTIFIER");

  /** What an expression may begin with. */
  static final Set<TokenKind> EXPRESSION =
      EnumSet.of(
          LEFT_BRACKET,
          LEFT_BRACE,
          LEFT_PAREN,
          DOT,
          MINUS,
          EXCLAMATION,
          TRUE,
          FALSE,
          NULL,
          FLOAT,
          INT,
          UINT,
          STRING,
          BYTES,
          IDENTIFIER);

  static final Set<TokenKind> RELATIONS =
      EnumSet.of(LESS, LESS_EQUALS, GREATER_EQUALS, GREATER, EQUALS, NOT_EQUALS, IN);
  static final Set<TokenKind> FACTORS = EnumSet.of(STAR, SLASH, PERCENT);
  static final Set<TokenKind> TERMS = EnumSet.of(PLUS, MINUS);

  /** What may follow an operand in the same expression, apart from {@code .} and {@code [}. */
  static final Set<TokenKind> OPERATORS = operators();

  private final String shown;

  TokenKind(String shown) {
    this.shown = shown;
  }

  private static Set<TokenKind> operators() {
    Set<TokenKind> all = EnumSet.of(AND, OR, QUESTION);
    all.addAll(RELATIONS);
    all.addAll(FACTORS);
    all.addAll(TERMS);
    return all;
  }

  static Set<TokenKind> union(Set<TokenKind> some, Set<TokenKind> others) {
    Set<TokenKind> all = EnumSet.copyOf(some);
    all.addAll(others);
    return all;
  }

  static String show(Set<TokenKind> kinds) {
    String names =
        EnumSet.copyOf(kinds).stream().map(kind -> kind.shown).collect(Collectors.joining(", "));
    return kinds.size() == 1 ? names : "{" + names + "}";
  }
}
