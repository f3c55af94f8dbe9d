/** The API server: all rooms of the API server together, behind the door and over the store. */
@NullMarked
package io.tiphys.server.apiserver;

import org.jspecify.annotations.NullMarked;
