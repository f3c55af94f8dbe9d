/** The laws of the design as tests: what may know what, and how sources look. */
@NullMarked
package io.tiphys.architecture;

import org.jspecify.annotations.NullMarked;
