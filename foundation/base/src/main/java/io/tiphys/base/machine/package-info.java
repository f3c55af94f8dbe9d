/**
 * What components use of the machine they run on. Each is an argument of whoever uses it, so that a
 * test or a simulation can give another; only an assembly asks for the machine's own.
 */
@NullMarked
package io.tiphys.base.machine;

import org.jspecify.annotations.NullMarked;
