/** Which groups and versions of the API are served, and by whom. */
@NullMarked
package io.tiphys.rules.apiregistration;

import org.jspecify.annotations.NullMarked;
