/** Devices that pods claim: dynamic resource allocation. */
@NullMarked
package io.tiphys.rules.devices;

import org.jspecify.annotations.NullMarked;
