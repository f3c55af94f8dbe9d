/** A record of who asked for what and what became of it. */
@NullMarked
package io.tiphys.server.audit;

import org.jspecify.annotations.NullMarked;
