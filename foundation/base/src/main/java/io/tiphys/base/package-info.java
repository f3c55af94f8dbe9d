/** What every module stands on: time, lifecycle, back-off and invariants. */
@NullMarked
package io.tiphys.base;

import org.jspecify.annotations.NullMarked;
