/** Tokens of other issuers: OpenID Connect. */
@NullMarked
package io.tiphys.server.authentication.oidc;

import org.jspecify.annotations.NullMarked;
