/** Which pods a node takes in. */
@NullMarked
package io.tiphys.node.agent.admission;

import org.jspecify.annotations.NullMarked;
