/** Ways into the cluster and walls within it. */
@NullMarked
package io.tiphys.rules.networking;

import org.jspecify.annotations.NullMarked;
