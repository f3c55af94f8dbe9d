/** What stands between a source and whoever uses it in a test. */
@NullMarked
package io.tiphys.client.testing;

import org.jspecify.annotations.NullMarked;
