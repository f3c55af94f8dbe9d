/** Volumes, claims and classes. */
@NullMarked
package io.tiphys.rules.storage;

import org.jspecify.annotations.NullMarked;
