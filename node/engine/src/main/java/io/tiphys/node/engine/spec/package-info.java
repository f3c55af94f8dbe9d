/** What an OCI runtime is told about a container: pure functions from CRI's words to OCI's. */
@NullMarked
package io.tiphys.node.engine.spec;

import org.jspecify.annotations.NullMarked;
