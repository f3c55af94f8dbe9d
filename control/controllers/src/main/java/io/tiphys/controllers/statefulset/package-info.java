/** Pods with a name and claims of their own, in order. */
@NullMarked
package io.tiphys.controllers.statefulset;

import org.jspecify.annotations.NullMarked;
