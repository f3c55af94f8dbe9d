/** Services and what tells of their endpoints. */
@NullMarked
package io.tiphys.rules.services;

import org.jspecify.annotations.NullMarked;
