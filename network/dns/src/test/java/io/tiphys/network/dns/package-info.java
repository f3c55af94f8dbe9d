@NullMarked
package io.tiphys.network.dns;

import org.jspecify.annotations.NullMarked;
