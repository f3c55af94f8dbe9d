/**
 * The API in memory and a clock moved by hand, for the tests of whatever is built on the client.
 */
@NullMarked
package io.tiphys.client.fake;

import org.jspecify.annotations.NullMarked;
