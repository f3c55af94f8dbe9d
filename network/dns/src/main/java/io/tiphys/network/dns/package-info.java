/** The cluster's DNS: names of services and pods from the informers, all others from the host. */
@NullMarked
package io.tiphys.network.dns;

import org.jspecify.annotations.NullMarked;
