/** Time moved by hand, for the tests of every module. */
@NullMarked
package io.tiphys.base.testing;

import org.jspecify.annotations.NullMarked;
