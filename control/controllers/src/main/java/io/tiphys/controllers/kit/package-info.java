/** What every controller is made of: the loop, ownership, expectations, writes that may collide. */
@NullMarked
package io.tiphys.controllers.kit;

import org.jspecify.annotations.NullMarked;
