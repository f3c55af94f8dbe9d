/** Who may do what: role-based access control, and the questions clients may ask about it. */
@NullMarked
package io.tiphys.server.authorization;

import org.jspecify.annotations.NullMarked;
