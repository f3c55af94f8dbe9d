/** A small gRPC client over Netty's HTTP/2; see docs/adr/0020. */
@NullMarked
package io.tiphys.store.etcd.grpc;

import org.jspecify.annotations.NullMarked;
