/** The parts that every embedded form of the store is made of: change feed and expirations. */
@NullMarked
package io.tiphys.store.engine;

import org.jspecify.annotations.NullMarked;
