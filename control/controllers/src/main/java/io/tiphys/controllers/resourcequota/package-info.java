/** Counts what namespaces hold of what their quotas bound. */
@NullMarked
package io.tiphys.controllers.resourcequota;

import org.jspecify.annotations.NullMarked;
