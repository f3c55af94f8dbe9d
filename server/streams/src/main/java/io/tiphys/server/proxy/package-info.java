/** Requests that are passed on to pods, services and nodes. */
@NullMarked
package io.tiphys.server.proxy;

import org.jspecify.annotations.NullMarked;
