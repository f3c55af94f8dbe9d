/** The API server: its modules composed, behind the listener and over the store. */
@NullMarked
package io.tiphys.server.apiserver;

import org.jspecify.annotations.NullMarked;
