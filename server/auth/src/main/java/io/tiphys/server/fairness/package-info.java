/** A seat for every request, as long as there are seats. */
@NullMarked
package io.tiphys.server.fairness;

import org.jspecify.annotations.NullMarked;
