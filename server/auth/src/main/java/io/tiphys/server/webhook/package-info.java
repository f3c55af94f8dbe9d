/** Other servers that are asked or told, as kubeconfig files name them. */
@NullMarked
package io.tiphys.server.webhook;

import org.jspecify.annotations.NullMarked;
