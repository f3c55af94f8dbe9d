@NullMarked
package io.tiphys.network.pods;

import org.jspecify.annotations.NullMarked;
