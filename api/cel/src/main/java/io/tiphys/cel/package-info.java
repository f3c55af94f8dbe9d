/**
 * The Common Expression Language as Kubernetes uses it. Open {@link io.tiphys.cel.Environment}
 * first.
 */
@NullMarked
package io.tiphys.cel;

import org.jspecify.annotations.NullMarked;
