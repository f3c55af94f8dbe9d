/** The node agent: makes pods bound to this node run, and says how they are. */
@NullMarked
package io.tiphys.node.agent;

import org.jspecify.annotations.NullMarked;
