@NullMarked
package io.tiphys.network.proxy;

import org.jspecify.annotations.NullMarked;
