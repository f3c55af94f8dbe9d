/** The functions that expressions may call: the standard library and those Kubernetes adds. */
@NullMarked
package io.tiphys.cel.library;

import org.jspecify.annotations.NullMarked;
