/** The listener, HTTP/1.1 and 2, and what a request and its answer are. */
@NullMarked
package io.tiphys.server.http;

import org.jspecify.annotations.NullMarked;
