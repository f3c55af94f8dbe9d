/**
 * Admission: what the cluster adds to a write, and what it refuses, beyond the rules of the kind
 * itself. Each plugin looks at one concern; {@code AdmissionChain} calls them in upstream's order.
 */
@NullMarked
package io.tiphys.server.admission;

import org.jspecify.annotations.NullMarked;
