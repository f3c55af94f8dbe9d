/** The pod network: an address of its own for every pod. */
@NullMarked
package io.tiphys.network.pods;

import org.jspecify.annotations.NullMarked;
