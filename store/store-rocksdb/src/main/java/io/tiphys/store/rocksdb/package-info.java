/** The embedded durable form of the store, on RocksDB. */
@NullMarked
package io.tiphys.store.rocksdb;

import org.jspecify.annotations.NullMarked;
