/** The addresses behind each service, as one Endpoints object. */
@NullMarked
package io.tiphys.controllers.endpoints;

import org.jspecify.annotations.NullMarked;
