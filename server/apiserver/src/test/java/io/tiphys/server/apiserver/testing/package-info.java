/** The real API server over a store in memory, for the tests of whoever speaks to it. */
@NullMarked
package io.tiphys.server.apiserver.testing;

import org.jspecify.annotations.NullMarked;
