/** The addresses behind each service, in slices. */
@NullMarked
package io.tiphys.controllers.endpointslice;

import org.jspecify.annotations.NullMarked;
