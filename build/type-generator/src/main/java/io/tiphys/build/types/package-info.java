/** Writes the sources of the API records from the official client's models and descriptors. */
@NullMarked
package io.tiphys.build.types;

import org.jspecify.annotations.NullMarked;
