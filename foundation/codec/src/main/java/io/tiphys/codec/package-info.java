/** The encodings: JSON, YAML and protobuf, as streams of fields and as immutable trees. */
@NullMarked
package io.tiphys.codec;

import org.jspecify.annotations.NullMarked;
