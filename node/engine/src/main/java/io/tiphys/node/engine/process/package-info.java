/**
 * The programs that do the running: an OCI runtime and conmon, and talking with what they started.
 */
@NullMarked
package io.tiphys.node.engine.process;

import org.jspecify.annotations.NullMarked;
