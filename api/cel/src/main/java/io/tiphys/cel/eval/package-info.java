/** The interpreter: a checked tree as steps that are carried out on values. */
@NullMarked
package io.tiphys.cel.eval;

import org.jspecify.annotations.NullMarked;
