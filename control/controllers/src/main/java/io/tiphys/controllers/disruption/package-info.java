/** Says how many pods of a budget may be disturbed now. */
@NullMarked
package io.tiphys.controllers.disruption;

import org.jspecify.annotations.NullMarked;
