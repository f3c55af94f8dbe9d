/**
 * The three ways to change an object by describing the change: JSON patch and two merge patches.
 */
@NullMarked
package io.tiphys.meta.patch;

import org.jspecify.annotations.NullMarked;
