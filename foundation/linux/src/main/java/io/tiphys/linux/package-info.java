/** Linux as the modules above see it: system calls through the foreign-function API, no helpers. */
@NullMarked
package io.tiphys.linux;

import org.jspecify.annotations.NullMarked;
