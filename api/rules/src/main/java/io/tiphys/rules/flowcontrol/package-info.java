/** Who of the API server's callers waits for whom. */
@NullMarked
package io.tiphys.rules.flowcontrol;

import org.jspecify.annotations.NullMarked;
