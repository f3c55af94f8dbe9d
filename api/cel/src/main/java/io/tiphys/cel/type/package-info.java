/** The types of expressions and what an environment declares. */
@NullMarked
package io.tiphys.cel.type;

import org.jspecify.annotations.NullMarked;
