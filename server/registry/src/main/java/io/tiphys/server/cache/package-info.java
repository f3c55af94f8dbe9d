/**
 * The cache: every object of the store in memory, fed by one watch, with prepared bytes that all
 * readers and watchers share. Reads and watches are answered from here alone.
 */
@NullMarked
package io.tiphys.server.cache;

import org.jspecify.annotations.NullMarked;
