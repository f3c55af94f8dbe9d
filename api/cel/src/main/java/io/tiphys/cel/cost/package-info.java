/** What an expression may cost at most, and what it did cost. */
@NullMarked
package io.tiphys.cel.cost;

import org.jspecify.annotations.NullMarked;
