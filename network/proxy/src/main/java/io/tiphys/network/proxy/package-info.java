/** Services as packet rules: what a service's addresses stand for, told to the kernel. */
@NullMarked
package io.tiphys.network.proxy;

import org.jspecify.annotations.NullMarked;
