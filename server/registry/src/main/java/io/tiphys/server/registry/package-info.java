/**
 * The verbs of the API: one generic handler for every resource. Requests become {@code Decoded},
 * then {@code Admitted}, then {@code Validated} objects, and only the last open the store.
 */
@NullMarked
package io.tiphys.server.registry;

import org.jspecify.annotations.NullMarked;
