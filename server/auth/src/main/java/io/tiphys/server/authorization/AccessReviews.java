package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.authorization.v1.LocalSubjectAccessReview;
import io.tiphys.api.authorization.v1.NonResourceAttributes;
import io.tiphys.api.authorization.v1.NonResourceRule;
import io.tiphys.api.authorization.v1.ResourceAttributes;
import io.tiphys.api.authorization.v1.ResourceRule;
import io.tiphys.api.authorization.v1.SelfSubjectAccessReview;
import io.tiphys.api.authorization.v1.SelfSubjectRulesReview;
import io.tiphys.api.authorization.v1.SubjectAccessReview;
import io.tiphys.api.authorization.v1.SubjectAccessReviewSpec;
import io.tiphys.api.authorization.v1.SubjectAccessReviewStatus;
import io.tiphys.api.authorization.v1.SubjectRulesReviewStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Authorizer.Decision;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Payload;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.ReviewResources;
import io.tiphys.server.http.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of group authorization.k8s.io: may he, may I, what may I. Checked against
 * upstream's pkg/registry/authorization.
 */
public final class AccessReviews implements Handler {
  private static final ReviewResources QUESTIONS =
      new ReviewResources(
          "authorization.k8s.io",
          Set.of(
              "subjectaccessreviews",
              "selfsubjectaccessreviews",
              "localsubjectaccessreviews",
              "selfsubjectrulesreviews"));

  private final Authorizer authorizer;
  private final RbacAuthorizer rbac;

  /**
   * @param authorizer everything that may allow
   */
  public AccessReviews(Authorizer authorizer, RbacAuthorizer rbac) {
    this.authorizer = authorizer;
    this.rbac = rbac;
  }

  /** Whether this handler is the one to answer. */
  public static boolean fits(Request request) {
    return QUESTIONS.fits(request);
  }

  @Override
  public Response handle(Request request) {
    return QUESTIONS.answer(request, this::answer);
  }

  private ApiObject answer(Request request) {
    return switch (request.info().resource()) {
      case "subjectaccessreviews" -> answer(Payload.read(request, SubjectAccessReview.TYPE));
      case "localsubjectaccessreviews" ->
          answer(Payload.read(request, LocalSubjectAccessReview.TYPE), request.info().namespace());
      case "selfsubjectaccessreviews" ->
          answer(Payload.read(request, SelfSubjectAccessReview.TYPE), request.user());
      default -> answer(Payload.read(request, SelfSubjectRulesReview.TYPE), request.user());
    };
  }

  private SubjectAccessReview answer(SubjectAccessReview review) {
    SubjectAccessReviewSpec spec = review.spec();
    Problems problems = new Problems();
    problems.attributes(spec.resourceAttributes(), spec.nonResourceAttributes());
    problems.subject(spec);
    problems.bare(review.metadata());
    problems.raise(SubjectAccessReview.TYPE.gvk());
    return review.withStatus(
        status(user(spec), spec.resourceAttributes(), spec.nonResourceAttributes()));
  }

  private LocalSubjectAccessReview answer(LocalSubjectAccessReview review, String namespace) {
    SubjectAccessReviewSpec spec = review.spec();
    ResourceAttributes resource = spec.resourceAttributes();
    Problems problems = new Problems();
    problems.attributes(resource, spec.nonResourceAttributes());
    problems.subject(spec);
    String own = review.metadata().namespace().isEmpty() ? namespace : review.namespace();
    if (resource != null && !resource.namespace().equals(own)) {
      problems.add(
          "spec.resourceAttributes.namespace",
          Forbidden.quoted(resource.namespace()),
          "must match metadata.namespace");
    }
    if (spec.nonResourceAttributes() != null) {
      problems.add(
          "spec.nonResourceAttributes",
          Forbidden.quoted(spec.nonResourceAttributes().path()),
          "disallowed on this kind of request");
    }
    problems.raise(LocalSubjectAccessReview.TYPE.gvk());
    return review
        .withMetadata(review.metadata().withNamespace(own))
        .withStatus(status(user(spec), resource, null));
  }

  private SelfSubjectAccessReview answer(SelfSubjectAccessReview review, User user) {
    Problems problems = new Problems();
    problems.attributes(review.spec().resourceAttributes(), review.spec().nonResourceAttributes());
    problems.bare(review.metadata());
    problems.raise(SelfSubjectAccessReview.TYPE.gvk());
    return review.withStatus(
        status(user, review.spec().resourceAttributes(), review.spec().nonResourceAttributes()));
  }

  private SelfSubjectRulesReview answer(SelfSubjectRulesReview review, User user) {
    if (review.spec().namespace().isEmpty()) {
      throw ApiFailure.badRequest("no namespace on request");
    }
    List<ResourceRule> resources = new ArrayList<>();
    List<NonResourceRule> paths = new ArrayList<>();
    if (user.isMaster()) {
      resources.add(
          ResourceRule.EMPTY
              .withVerbs(List.of("*"))
              .withApiGroups(List.of("*"))
              .withResources(List.of("*")));
      paths.add(new NonResourceRule(List.of("*"), List.of("*")));
    }
    for (PolicyRule rule : rbac.snapshot().rulesFor(user, review.spec().namespace())) {
      if (rule.nonResourceURLs().isEmpty()) {
        resources.add(
            new ResourceRule(
                rule.verbs(), rule.apiGroups(), rule.resources(), rule.resourceNames()));
      } else {
        paths.add(new NonResourceRule(rule.verbs(), rule.nonResourceURLs()));
      }
    }
    return review.withStatus(
        SubjectRulesReviewStatus.EMPTY.withResourceRules(resources).withNonResourceRules(paths));
  }

  private static User user(SubjectAccessReviewSpec spec) {
    return new User(spec.user(), spec.uid(), spec.groups(), spec.extra());
  }

  private SubjectAccessReviewStatus status(
      User user, @Nullable ResourceAttributes resource, @Nullable NonResourceAttributes path) {
    Attributes attributes =
        resource != null
            ? new Attributes(
                user,
                resource.verb(),
                true,
                resource.group(),
                resource.resource(),
                resource.subresource(),
                resource.namespace(),
                resource.name(),
                "")
            : new Attributes(
                user,
                path == null ? "" : path.verb(),
                false,
                "",
                "",
                "",
                "",
                "",
                path == null ? "" : path.path());
    Decision decision = authorizer.authorize(attributes);
    return SubjectAccessReviewStatus.EMPTY
        .withAllowed(decision.allowed())
        .withReason(decision.reason());
  }

  /** Faults of a review, as upstream's pkg/apis/authorization/validation words them. */
  private static final class Problems {
    private final List<StatusCause> causes = new ArrayList<>();

    void attributes(@Nullable ResourceAttributes resource, @Nullable NonResourceAttributes path) {
      if (resource != null && path != null) {
        add(
            "spec.nonResourceAttributes",
            Forbidden.quoted(path.path()),
            "cannot be specified in combination with resourceAttributes");
      }
      if (resource == null && path == null) {
        add(
            "spec.resourceAttributes",
            "null",
            "exactly one of nonResourceAttributes or resourceAttributes must be specified");
      }
    }

    void subject(SubjectAccessReviewSpec spec) {
      if (spec.user().isEmpty() && spec.groups().isEmpty()) {
        add("spec.user", "\"\"", "at least one of user or group must be specified");
      }
    }

    void bare(ObjectMeta metadata) {
      if (!metadata.withManagedFields(List.of()).equals(ObjectMeta.EMPTY)) {
        add("metadata", Forbidden.quoted(metadata.name()), "must be empty");
      }
    }

    void add(String field, String value, String why) {
      causes.add(
          StatusCause.builder()
              .field(field)
              .reason("FieldValueInvalid")
              .message("Invalid value: " + value + ": " + why)
              .build());
    }

    void raise(GroupVersionKind kind) {
      if (!causes.isEmpty()) {
        throw ApiFailure.invalid(kind, "", causes);
      }
    }
  }
}
