/** The kinds that keep pods running, and PetSet, which is a StatefulSet of 1.3. */
@NullMarked
package io.tiphys.rules.workloads;

import org.jspecify.annotations.NullMarked;
