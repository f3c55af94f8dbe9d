/**
 * The catalog: which resources are served, told in the forms clients ask for: discovery (legacy and
 * aggregated) and OpenAPI (v2 and v3).
 */
@NullMarked
package io.tiphys.server.discovery;

import org.jspecify.annotations.NullMarked;
