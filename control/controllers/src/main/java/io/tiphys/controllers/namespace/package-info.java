/** Empties namespaces that are on their way out. */
@NullMarked
package io.tiphys.controllers.namespace;

import org.jspecify.annotations.NullMarked;
