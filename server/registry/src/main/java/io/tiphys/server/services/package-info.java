/**
 * What services have alone in a cluster: their addresses, each an IPAddress, and their node ports,
 * each a key of the store; and what puts right what does not agree.
 */
@NullMarked
package io.tiphys.server.services;

import org.jspecify.annotations.NullMarked;
