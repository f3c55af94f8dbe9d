package io.tiphys.server.authentication;

import io.tiphys.server.http.Request;
import io.tiphys.server.http.User;

/**
 * One way of telling who the caller is. Thread-safe. On the connection's own thread it looks at
 * what it remembers alone, see {@link io.tiphys.server.http.MustWait}: signatures are not checked
 * there.
 */
@FunctionalInterface
public interface Authenticator {
  Finding authenticate(Request request);

  /** What came of it. */
  sealed interface Finding {
    record Known(User user) implements Finding {}

    /** The request carries nothing that this authenticator judges. */
    record NoCredentials() implements Finding {}

    /**
     * It carries something that is no good.
     *
     * @param reason for the log and for token reviews; the client learns only that it is 401
     */
    record Rejected(String reason) implements Finding {}
  }

  Finding NO_CREDENTIALS = new Finding.NoCredentials();
}
