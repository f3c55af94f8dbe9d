/** Namespaces, nodes, permissions and the other furniture of a cluster. */
@NullMarked
package io.tiphys.rules.cluster;

import org.jspecify.annotations.NullMarked;
