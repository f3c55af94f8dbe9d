/** Types and values of expressions from the schemas and trees of objects. */
@NullMarked
package io.tiphys.cel.schema;

import org.jspecify.annotations.NullMarked;
