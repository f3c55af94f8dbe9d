/** A whole control plane and its nodes, simulated from a seed. */
@NullMarked
package io.tiphys.simulation;

import org.jspecify.annotations.NullMarked;
