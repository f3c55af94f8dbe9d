/** Which kinds the API serves: an immutable {@code Registry}, and the kinds that are built in. */
@NullMarked
package io.tiphys.server.kinds;

import org.jspecify.annotations.NullMarked;
