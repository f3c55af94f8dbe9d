/** The pure algebra of the API: names of kinds, quantities, selectors, schemas, patch and apply. */
@NullMarked
package io.tiphys.meta;

import org.jspecify.annotations.NullMarked;
