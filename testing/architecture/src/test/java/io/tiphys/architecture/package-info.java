/** The laws of the house as tests: what may know what, and how sources look. */
@NullMarked
package io.tiphys.architecture;

import org.jspecify.annotations.NullMarked;
