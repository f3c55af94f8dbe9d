/** The type checker: from a parsed tree to one whose names and functions are known. */
@NullMarked
package io.tiphys.cel.check;

import org.jspecify.annotations.NullMarked;
