/**
 * What leaves HTTP's request and answer: logs, exec, attach and port-forward, over WebSocket and
 * SPDY, between a client and the node of the pod.
 */
@NullMarked
package io.tiphys.server.streams;

import org.jspecify.annotations.NullMarked;
