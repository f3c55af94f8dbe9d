/** How a component reads and writes the API, whether it sits in the same process or not. */
@NullMarked
package io.tiphys.client;

import org.jspecify.annotations.NullMarked;
