/** The volumes of pods as folders of this node. */
@NullMarked
package io.tiphys.node.agent.volumes;

import org.jspecify.annotations.NullMarked;
