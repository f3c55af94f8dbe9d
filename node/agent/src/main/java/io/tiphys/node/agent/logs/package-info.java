/** Container logs in CRI's format: reading and rotating them. */
@NullMarked
package io.tiphys.node.agent.logs;

import org.jspecify.annotations.NullMarked;
