/**
 * What each kind demands: defaults, preparation, validation, conversion. Pure: no clock, no I/O;
 * the API server ({@code server.registry}) calls these rules in the order of the request pipeline.
 */
@NullMarked
package io.tiphys.rules;

import org.jspecify.annotations.NullMarked;
