/** The list of all controllers. */
@NullMarked
package io.tiphys.controllers;

import org.jspecify.annotations.NullMarked;
