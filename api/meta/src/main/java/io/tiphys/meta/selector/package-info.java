/** Which objects are meant: selectors over labels and over fields. */
@NullMarked
package io.tiphys.meta.selector;

import org.jspecify.annotations.NullMarked;
