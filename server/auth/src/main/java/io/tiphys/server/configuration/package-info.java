/** Configuration files of the API server, in the form of upstream's component configuration. */
@NullMarked
package io.tiphys.server.configuration;

import org.jspecify.annotations.NullMarked;
