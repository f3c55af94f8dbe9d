/** Threads that run one at a time, in an order drawn from a seed, on virtual time. */
@NullMarked
package io.tiphys.simulation.runtime;

import org.jspecify.annotations.NullMarked;
