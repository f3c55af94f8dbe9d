/**
 * The assemblies: the only place that names concrete components together. Open {@link AllInOne}
 * first.
 */
@NullMarked
package io.tiphys.assembly;

import org.jspecify.annotations.NullMarked;
