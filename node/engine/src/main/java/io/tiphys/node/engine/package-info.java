/**
 * The container engine. Open {@link io.tiphys.node.engine.Engine} first.
 *
 * <p>No daemon owns a container: conmon holds its streams and waits for its end, the kernel holds
 * its namespaces and mounts by name, and all that is known about it lies in its folder. Each step
 * leaves either a state that the next start understands or rubbish that it clears away. What is in
 * memory is a copy of what is on disk.
 *
 * <pre>
 * created: container.json + config.json      prepared, nothing runs
 * running: + started.json                    conmon and the process are there
 * exited:  + exit (and oom), or failed.json  the code is known
 * </pre>
 */
@NullMarked
package io.tiphys.node.engine;

import org.jspecify.annotations.NullMarked;
