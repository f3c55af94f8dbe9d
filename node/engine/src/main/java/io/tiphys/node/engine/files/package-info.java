/** Steps on disk that are whole or not there at all. */
@NullMarked
package io.tiphys.node.engine.files;

import org.jspecify.annotations.NullMarked;
