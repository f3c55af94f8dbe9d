package io.tiphys.server.authentication;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.authentication.v1.BoundObjectReference;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.authentication.v1.TokenRequestStatus;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.base.Clock;
import io.tiphys.server.authentication.TokenIssuer.Binding;
import io.tiphys.server.authentication.TokenIssuer.Issued;
import io.tiphys.server.authentication.TokenIssuer.Ref;
import io.tiphys.server.authentication.TokenSubjects.Kind;
import io.tiphys.server.authentication.TokenSubjects.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code serviceaccounts/NAME/token}. Checked against upstream's
 * pkg/registry/core/serviceaccount/storage/token.go.
 */
public final class TokenRequests {
  /** The API's default: an hour. */
  private static final long DEFAULT_SECONDS = 3600;

  private static final long MIN_SECONDS = 600;
  private static final long MAX_SECONDS = 1L << 32;

  private final TokenIssuer issuer;
  private final TokenSubjects subjects;
  private final Clock clock;

  public TokenRequests(TokenIssuer issuer, TokenSubjects subjects, Clock clock) {
    this.issuer = issuer;
    this.subjects = subjects;
    this.clock = clock;
  }

  /** The resource under which they are asked. */
  public VirtualResource<TokenRequest> resource() {
    return new VirtualResource<>(
        CoreV1.SERVICEACCOUNTS,
        "token",
        TokenRequest.TYPE,
        TokenRequests::defaulted,
        true,
        (asker, wanted) -> answer(asker.namespace(), asker.name(), wanted));
  }

  private static TokenRequest defaulted(TokenRequest wanted) {
    return wanted.spec().expirationSeconds() == null
        ? wanted.withSpec(wanted.spec().withExpirationSeconds(DEFAULT_SECONDS))
        : wanted;
  }

  /** Issues a token for the account. */
  private TokenRequest answer(String namespace, String name, TokenRequest wanted) {
    awaitCurrent();
    matchesPath("name", wanted.metadata().name(), name, name);
    matchesPath("namespace", wanted.metadata().namespace(), namespace, name);
    Subject account = subjects.find(Kind.SERVICE_ACCOUNT, namespace, name);
    if (account == null) {
      throw ApiFailure.notFound("serviceaccounts", name);
    }
    String uid = wanted.metadata().uid();
    if (!uid.isEmpty() && !uid.equals(account.uid())) {
      throw ApiFailure.conflict(
          "TokenRequest.authentication.k8s.io",
          name,
          "the UID in the token request (%s) does not match the UID of the service account (%s)"
              .formatted(uid, account.uid()));
    }
    long seconds = Objects.requireNonNullElse(wanted.spec().expirationSeconds(), DEFAULT_SECONDS);
    checkExpiration(seconds);
    List<String> audiences =
        wanted.spec().audiences().isEmpty()
            ? List.of(TokenIssuer.ISSUER)
            : wanted.spec().audiences();
    Issued issued =
        issuer.issue(
            namespace,
            new Ref(name, account.uid()),
            audiences,
            Duration.ofSeconds(seconds),
            binding(wanted.spec().boundObjectRef(), namespace, name));
    return wanted
        .withMetadata(
            wanted
                .metadata()
                .withName(name)
                .withNamespace(namespace)
                .withUid(account.uid())
                .withCreationTimestamp(clock.now()))
        .withSpec(wanted.spec().withAudiences(audiences).withExpirationSeconds(seconds))
        .withStatus(new TokenRequestStatus(issued.token(), issued.expires()));
  }

  /** An account that was just created must be there for its first token. */
  private void awaitCurrent() {
    try {
      subjects.awaitCurrent();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiFailure.timeout("interrupted while waiting for the cache");
    }
  }

  private Binding binding(@Nullable BoundObjectReference ref, String namespace, String account) {
    if (ref == null) {
      return Binding.NONE;
    }
    boolean core = ref.apiVersion().isEmpty() || ref.apiVersion().equals("v1");
    return switch (core ? ref.kind() : "") {
      case "Pod" -> {
        Subject pod = find(Kind.POD, "pods", namespace, ref);
        if (!pod.serviceAccount().equals(account)) {
          throw ApiFailure.badRequest(
              "cannot bind token for serviceaccount \"%s\" to pod running with different serviceaccount name."
                  .formatted(account));
        }
        yield new Binding(new Ref(pod.name(), pod.uid()), null, nodeOf(pod));
      }
      case "Secret" -> {
        Subject secret = find(Kind.SECRET, "secrets", namespace, ref);
        yield new Binding(null, new Ref(secret.name(), secret.uid()), null);
      }
      case "Node" -> {
        Subject node = find(Kind.NODE, "nodes", "", ref);
        yield new Binding(null, null, new Ref(node.name(), node.uid()));
      }
      default ->
          throw ApiFailure.badRequest(
              "cannot bind token to object of type %s, Kind=%s"
                  .formatted(core ? "/v1" : ref.apiVersion(), ref.kind()));
    };
  }

  private @Nullable Ref nodeOf(Subject pod) {
    if (pod.node().isEmpty()) {
      return null;
    }
    Subject node = subjects.find(Kind.NODE, "", pod.node());
    return new Ref(pod.node(), node == null ? "" : node.uid());
  }

  private Subject find(Kind kind, String resource, String namespace, BoundObjectReference ref) {
    Subject subject = subjects.find(kind, namespace, ref.name());
    if (subject == null) {
      throw ApiFailure.notFound(resource, ref.name());
    }
    if (!ref.uid().isEmpty() && !ref.uid().equals(subject.uid())) {
      throw ApiFailure.conflict(
          ref.kind(),
          ref.name(),
          "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated"
              .formatted(ref.uid()));
    }
    return subject;
  }

  private static void matchesPath(String field, String given, String inPath, String account) {
    if (!given.isEmpty() && !given.equals(inPath)) {
      throw invalid(
          account,
          "metadata." + field,
          "\"" + given + "\"",
          "must match the service account " + field + " if specified");
    }
  }

  private static void checkExpiration(long seconds) {
    if (seconds < MIN_SECONDS) {
      throw invalid(
          "",
          "spec.expirationSeconds",
          Long.toString(seconds),
          "may not specify a duration less than 10 minutes");
    }
    if (seconds > MAX_SECONDS) {
      throw invalid(
          "",
          "spec.expirationSeconds",
          Long.toString(seconds),
          "may not specify a duration larger than 2^32 seconds");
    }
  }

  private static ApiFailure invalid(String name, String field, String value, String why) {
    return ApiFailure.invalid(
        TokenRequest.TYPE.gvk(),
        name,
        List.of(
            StatusCause.builder()
                .field(field)
                .reason("FieldValueInvalid")
                .message("Invalid value: " + value + ": " + why)
                .build()));
  }
}
