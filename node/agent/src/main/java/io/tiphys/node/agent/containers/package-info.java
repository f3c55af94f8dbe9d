/** From a pod's spec to what the engine is asked for, in CRI's terms. */
@NullMarked
package io.tiphys.node.agent.containers;

import org.jspecify.annotations.NullMarked;
