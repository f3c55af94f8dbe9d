/** Notices nodes that no longer report, taints them, and moves their pods away. */
@NullMarked
package io.tiphys.controllers.nodelifecycle;

import org.jspecify.annotations.NullMarked;
