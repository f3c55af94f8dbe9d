/** The houses: the only place that names concrete rooms together. Open {@link AllInOne} first. */
@NullMarked
package io.tiphys.assembly;

import org.jspecify.annotations.NullMarked;
