/** The {@code tiphys} command: starts, stops and looks at clusters from outside. */
@NullMarked
package io.tiphys.cli;

import org.jspecify.annotations.NullMarked;
