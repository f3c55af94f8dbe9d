package io.tiphys.node.engine.images;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Why TLS with a registry failed, in the words of Go's client (crypto/tls, crypto/x509). */
final class TlsFailure {
  private static final String NOT_VERIFIED = "tls: failed to verify certificate: x509: ";

  /** How deep Java wraps what went wrong with a certificate; a circle ends there too. */
  private static final int DEPTH_LIMIT = 8;

  private TlsFailure() {}

  static String text(SSLException failure, String host) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return "http: server gave HTTP response to HTTPS client";
    }
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEPTH_LIMIT; depth++) {
      switch (cause) {
        case CertificateExpiredException _, CertificateNotYetValidException _ -> {
          return NOT_VERIFIED + "certificate has expired or is not yet valid";
        }
        case CertPathBuilderException _ -> {
          return NOT_VERIFIED + "certificate signed by unknown authority";
        }
        case CertificateException e when isAboutNames(String.valueOf(e.getMessage())) -> {
          return NOT_VERIFIED + "certificate is not valid for " + host;
        }
        default -> cause = cause.getCause();
      }
    }
    return "tls: " + message;
  }

  private static boolean isAboutNames(String message) {
    return message.startsWith("No subject alternative") || message.startsWith("No name matching");
  }
}
