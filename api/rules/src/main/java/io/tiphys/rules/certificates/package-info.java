/** Requests for certificates. */
@NullMarked
package io.tiphys.rules.certificates;

import org.jspecify.annotations.NullMarked;
