/** The values that expressions are made of and give. */
@NullMarked
package io.tiphys.cel.value;

import org.jspecify.annotations.NullMarked;
