package io.tiphys.store.etcd;

import io.tiphys.store.StoreException;
import io.tiphys.store.etcd.grpc.GrpcException;

/** What etcd's failures mean to those who use a store; words of etcd's api/v3rpc/rpctypes. */
final class Failures {
  private Failures() {}

  static boolean isCompacted(GrpcException e) {
    return e.code() == GrpcException.OUT_OF_RANGE && says(e, "has been compacted");
  }

  static boolean isFuture(GrpcException e) {
    return e.code() == GrpcException.OUT_OF_RANGE && says(e, "future revision");
  }

  static boolean isLeaseGone(GrpcException e) {
    return e.code() == GrpcException.NOT_FOUND && says(e, "lease not found");
  }

  /** Whether the request may have been done without our knowing. */
  static boolean leavesDoubt(GrpcException e) {
    return e.mayHaveBeenSent() && (e.isUnclear() || e.getCause() instanceof InterruptedException);
  }

  private static boolean says(GrpcException e, String words) {
    return String.valueOf(e.getMessage()).contains(words);
  }

  /** For something that may be asked once more. */
  static StoreException of(GrpcException e) {
    if (says(e, "database space exceeded")) {
      return new StoreException(StoreException.Reason.NO_SPACE, "etcd: " + e.getMessage(), e);
    }
    return new StoreException(
        e.isUnclear() ? StoreException.Reason.UNAVAILABLE : StoreException.Reason.FAILED,
        "etcd: " + e.getMessage(),
        e);
  }
}
