/** Nodes without containers. */
@NullMarked
package io.tiphys.node.hollow;

import org.jspecify.annotations.NullMarked;
