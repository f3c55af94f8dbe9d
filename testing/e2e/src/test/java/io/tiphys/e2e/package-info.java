/** The cluster as its users meet it: the tiphys command, the real kubectl, real containers. */
@NullMarked
package io.tiphys.e2e;

import org.jspecify.annotations.NullMarked;
