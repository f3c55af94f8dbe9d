/** The store on an etcd cluster. */
@NullMarked
package io.tiphys.store.etcd;

import org.jspecify.annotations.NullMarked;
