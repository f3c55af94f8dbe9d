@NullMarked
package io.tiphys.linux;

import org.jspecify.annotations.NullMarked;
