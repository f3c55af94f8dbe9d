/** Pods that run until enough of them succeeded. */
@NullMarked
package io.tiphys.controllers.job;

import org.jspecify.annotations.NullMarked;
