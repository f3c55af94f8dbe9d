/** Small JSON documents: reading what others wrote leniently, writing our own. */
@NullMarked
package io.tiphys.node.engine.document;

import org.jspecify.annotations.NullMarked;
