package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Quoted.Misquoted;

/** Reads literals. */
final class Literals {
  private Literals() {}

  static Expr read(Parser parser, TokenStream tokens, ExprFactory factory) {
    Token first = tokens.next();
    boolean signed = first.kind() == TokenKind.MINUS;
    Token token = signed ? tokens.next() : first;
    int id = factory.id(first.start());
    String sign = signed ? "-" : "";
    try {
      return new Expr.Literal(id, constant(token, sign));
    } catch (NumberFormatException e) {
      return parser.refuse(
          id,
          switch (token.kind()) {
            case INT -> "invalid int literal";
            case UINT -> "invalid uint literal";
            default -> "invalid double literal";
          });
    } catch (Misquoted e) {
      return parser.refuse(id, e.getMessage());
    }
  }

  private static Constant constant(Token token, String sign) throws Misquoted {
    String text = token.text();
    return switch (token.kind()) {
      case TRUE -> Constant.TRUE;
      case FALSE -> Constant.FALSE;
      case NULL -> Constant.NULL;
      case INT ->
          new Constant.Int(
              text.startsWith("0x")
                  ? Long.parseLong(sign + text.substring(2), 16)
                  : Long.parseLong(sign + text));
      case UINT -> {
        String digits = text.substring(0, text.length() - 1);
        yield new Constant.Uint(
            digits.startsWith("0x")
                ? Long.parseUnsignedLong(digits.substring(2), 16)
                : Long.parseUnsignedLong(digits));
      }
      case FLOAT -> {
        double value = Double.parseDouble(sign + text);
        if (Double.isInfinite(value)) {
          throw new NumberFormatException();
        }
        yield new Constant.Floating(value);
      }
      case STRING -> new Constant.Text(Quoted.text(text));
      case BYTES -> new Constant.Binary(Quoted.bytes(text));
      default -> throw new IllegalStateException("no literal: " + token);
    };
  }
}
