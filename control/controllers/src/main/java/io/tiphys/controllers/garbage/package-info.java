/** Removes what nobody owns any more, and pods that nobody will end. */
@NullMarked
package io.tiphys.controllers.garbage;

import org.jspecify.annotations.NullMarked;
