/** The hall: all rooms of the API server together, behind the door and over the store. */
@NullMarked
package io.tiphys.server.hall;

import org.jspecify.annotations.NullMarked;
