package io.tiphys.cel.syntax;

/**
 * A piece of an expression's text.
 *
 * @param start offset of its first code point
 * @param end offset behind its last
 */
record Token(TokenKind kind, int start, int end, String text) {
  /** As messages show it. */
  String shown() {
    String escaped = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    return "'" + escaped + "'";
  }
}
