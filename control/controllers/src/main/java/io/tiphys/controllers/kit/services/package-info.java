/**
 * What the controllers of Endpoints and of EndpointSlices share: how pods stand behind services.
 */
@NullMarked
package io.tiphys.controllers.kit.services;

import org.jspecify.annotations.NullMarked;
