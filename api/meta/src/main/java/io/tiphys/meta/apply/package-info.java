/** Server-side apply: who owns which field, and what follows when someone writes. */
@NullMarked
package io.tiphys.meta.apply;

import org.jspecify.annotations.NullMarked;
