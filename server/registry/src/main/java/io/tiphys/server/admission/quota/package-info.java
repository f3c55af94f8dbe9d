/** Resource quotas: what a namespace may hold, and what it holds already. */
@NullMarked
package io.tiphys.server.admission.quota;

import org.jspecify.annotations.NullMarked;
