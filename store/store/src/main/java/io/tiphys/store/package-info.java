/** The store: the only place that keeps truth. */
@NullMarked
package io.tiphys.store;

import org.jspecify.annotations.NullMarked;
