/** Certificates: who issues them, how they are read and written, what a listener shows. */
@NullMarked
package io.tiphys.server.tls;

import org.jspecify.annotations.NullMarked;
