/**
 * Images: content by digest, layers unpacked once, references, pulling from registries and loading
 * from archives.
 */
@NullMarked
package io.tiphys.node.engine.images;

import org.jspecify.annotations.NullMarked;
