/** Keeps networks of services as long as services have addresses of them. */
@NullMarked
package io.tiphys.controllers.servicecidrs;

import org.jspecify.annotations.NullMarked;
