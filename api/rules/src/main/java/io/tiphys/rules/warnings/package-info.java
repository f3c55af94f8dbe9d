/**
 * What the writer of an object should hear though the write is good: upstream's pkg/api warnings
 * and those of its strategies. Pure functions, which nobody calls when nobody listens.
 */
@NullMarked
package io.tiphys.rules.warnings;

import org.jspecify.annotations.NullMarked;
