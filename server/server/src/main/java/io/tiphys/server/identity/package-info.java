/** Who asks: client certificates, service account tokens, anonymous, impersonation. */
@NullMarked
package io.tiphys.server.identity;

import org.jspecify.annotations.NullMarked;
