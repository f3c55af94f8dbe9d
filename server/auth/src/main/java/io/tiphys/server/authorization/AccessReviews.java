package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AuthorizationV1;
import io.tiphys.api.authorization.v1.FieldSelectorAttributes;
import io.tiphys.api.authorization.v1.LabelSelectorAttributes;
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
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Authorizer.Decision;
import io.tiphys.server.http.User;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers the reviews of group authorization.k8s.io. Checked against upstream's
 * pkg/registry/authorization.
 */
public final class AccessReviews {
  private final Authorizer authorizer;
  private final RbacAuthorizer rbac;

  /**
   * @param authorizer everything that may allow
   */
  public AccessReviews(Authorizer authorizer, RbacAuthorizer rbac) {
    this.authorizer = authorizer;
    this.rbac = rbac;
  }

  /** The resources under which they are asked. */
  public List<VirtualResource<?>> resources() {
    return List.of(
        VirtualResource.review(AuthorizationV1.SUBJECTACCESSREVIEWS, (_, review) -> answer(review)),
        VirtualResource.review(
            AuthorizationV1.LOCALSUBJECTACCESSREVIEWS,
            (asker, review) -> answer(review, asker.namespace())),
        VirtualResource.review(
            AuthorizationV1.SELFSUBJECTACCESSREVIEWS,
            (asker, review) -> answer(review, asker.user())),
        VirtualResource.review(
            AuthorizationV1.SELFSUBJECTRULESREVIEWS,
            (asker, review) -> answer(review, asker.user())));
  }

  private SubjectAccessReview answer(SubjectAccessReview review) {
    SubjectAccessReviewSpec spec = review.spec();
    Problems problems = new Problems();
    problems.attributes(spec.resourceAttributes(), spec.nonResourceAttributes());
    problems.subject(spec);
    problems.selectors(spec.resourceAttributes());
    problems.bare(review.metadata(), "must be empty");
    problems.raise();
    return review.withStatus(
        status(user(spec), spec.resourceAttributes(), spec.nonResourceAttributes()));
  }

  private LocalSubjectAccessReview answer(LocalSubjectAccessReview review, String namespace) {
    SubjectAccessReviewSpec spec = review.spec();
    ResourceAttributes resource = spec.resourceAttributes();
    Problems problems = new Problems();
    problems.attributes(resource, spec.nonResourceAttributes());
    problems.subject(spec);
    problems.selectors(resource);
    problems.bare(review.metadata().withNamespace(""), "must be empty except for namespace");
    problems.place(resource, namespace);
    problems.noPath(spec.nonResourceAttributes());
    problems.raise();
    return review.withStatus(status(user(spec), resource, null));
  }

  private SelfSubjectAccessReview answer(SelfSubjectAccessReview review, User user) {
    Problems problems = new Problems();
    problems.attributes(review.spec().resourceAttributes(), review.spec().nonResourceAttributes());
    problems.selectors(review.spec().resourceAttributes());
    problems.bare(review.metadata(), "must be empty");
    problems.raise();
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
    // Of the question nothing stays.
    return SelfSubjectRulesReview.EMPTY.withStatus(
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
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath RESOURCE = SPEC.child("resourceAttributes");
    private static final FieldPath PATH = SPEC.child("nonResourceAttributes");

    private final List<FieldError> errors = new ArrayList<>();

    void attributes(@Nullable ResourceAttributes resource, @Nullable NonResourceAttributes path) {
      if (resource != null && path != null) {
        add(PATH, shown(path), "cannot be specified in combination with resourceAttributes");
      }
      if (resource == null && path == null) {
        String why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
        add(RESOURCE, Json.Null.NULL, why);
      }
    }

    void subject(SubjectAccessReviewSpec spec) {
      if (spec.user().isEmpty() && spec.groups().isEmpty()) {
        add(SPEC.child("user"), "", "at least one of user or group must be specified");
      }
    }

    void selectors(@Nullable ResourceAttributes resource) {
      if (resource == null) {
        return;
      }
      FieldSelectorAttributes fields = resource.fieldSelector();
      if (fields != null) {
        selector("fieldSelector", fields.rawSelector(), fields.requirements().isEmpty());
      }
      LabelSelectorAttributes labels = resource.labelSelector();
      if (labels != null) {
        selector("labelSelector", labels.rawSelector(), labels.requirements().isEmpty());
      }
    }

    private void selector(String field, String raw, boolean unlisted) {
      FieldPath at = RESOURCE.child(field);
      if (!raw.isEmpty() && !unlisted) {
        String why = "may not specified at the same time as requirements";
        add(at.child("rawSelector"), raw, why);
      }
      if (raw.isEmpty() && unlisted) {
        String why = "when " + at + " is specified, requirements or rawSelector is required";
        errors.add(FieldError.required(at.child("requirements"), why));
      }
    }

    void bare(ObjectMeta metadata, String rule) {
      if (!metadata.withManagedFields(List.of()).equals(ObjectMeta.EMPTY)) {
        JsonWriter shown = new JsonWriter();
        metadata.write(shown);
        add(FieldPath.of("metadata"), JsonReader.of(shown.toByteArray()).readTree(), rule);
      }
    }

    void place(@Nullable ResourceAttributes resource, String namespace) {
      if (resource != null && !resource.namespace().equals(namespace)) {
        String why = "must match metadata.namespace";
        add(RESOURCE.child("namespace"), resource.namespace(), why);
      }
    }

    void noPath(@Nullable NonResourceAttributes path) {
      if (path != null) {
        add(PATH, shown(path), "disallowed on this kind of request");
      }
    }

    /** As Go writes a struct whose fields have no names in JSON. */
    private static Json shown(NonResourceAttributes path) {
      return Json.Obj.EMPTY
          .with("Path", new Json.Str(path.path()))
          .with("Verb", new Json.Str(path.verb()));
    }

    private void add(FieldPath field, Object value, String why) {
      errors.add(FieldError.invalid(field, value, why));
    }

    /** Once decoded, upstream's reviews do not know their own kind any more. */
    void raise() {
      if (!errors.isEmpty()) {
        throw Invalid.failure("authorization.k8s.io", "", "", errors);
      }
    }
  }
}
