/** Authentication: client certificates, service account tokens, anonymous, impersonation. */
@NullMarked
package io.tiphys.server.authentication;

import org.jspecify.annotations.NullMarked;
