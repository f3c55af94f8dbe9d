/** The text of expressions: lexer, parser, macros and the tree they make. */
@NullMarked
package io.tiphys.cel.syntax;

import org.jspecify.annotations.NullMarked;
