/** The corridor to a node: logs, exec, attach and port-forward of its pods. */
@NullMarked
package io.tiphys.client.node;

import org.jspecify.annotations.NullMarked;
