/** Steps on disk that are whole or not there at all, and whole folders. */
@NullMarked
package io.tiphys.base.files;

import org.jspecify.annotations.NullMarked;
