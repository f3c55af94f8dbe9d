/** Pods, and what every kind with a pod template shares with them. */
@NullMarked
package io.tiphys.rules.pods;

import org.jspecify.annotations.NullMarked;
