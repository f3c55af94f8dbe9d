package io.tiphys.rules.customresources;

import io.tiphys.api.apiextensions.v1.CustomResourceConversion;
import io.tiphys.api.apiextensions.v1.ServiceReference;
import io.tiphys.api.apiextensions.v1.WebhookClientConfig;
import io.tiphys.api.apiextensions.v1.WebhookConversion;
import io.tiphys.codec.Bytes;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.WebhookUrl;
import io.tiphys.rules.customresources.EmbeddedObjects.DnsNames;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How objects of a definition get from one version to another; checked against
 * validateCustomResourceConversion and apiserver/pkg/util/webhook/validation.go.
 */
final class ConversionValidation {
  private static final FieldPath PATH = FieldPath.of("spec", "conversion");
  private static final List<String> STRATEGIES = List.of("None", "Webhook");

  /** The versions of the question that the API server can ask. */
  private static final List<String> REVIEWS = List.of("v1", "v1beta1");

  private final Checks checks;

  ConversionValidation(Checks checks) {
    this.checks = checks;
  }

  /**
   * @param old what was there before, which a wrong answer may be kept from
   */
  void check(
      @Nullable CustomResourceConversion conversion, @Nullable CustomResourceConversion old) {
    if (conversion == null) {
      return;
    }
    checks.oneOf(PATH.child("strategy"), conversion.strategy(), STRATEGIES);
    WebhookConversion webhook = conversion.webhook();
    WebhookClientConfig client = webhook == null ? null : webhook.clientConfig();
    List<String> reviews = reviews(conversion);
    FieldPath at = PATH.child("webhookClientConfig");
    if (conversion.strategy().equals("Webhook")) {
      if (client == null) {
        checks.required(at, "required when strategy is set to Webhook");
      } else {
        client(client, at);
      }
      boolean known = old == null || reviews(old).isEmpty() || anyKnown(reviews(old));
      reviews(reviews, known, PATH.child("conversionReviewVersions"));
      return;
    }
    String unset = "should not be set when strategy is not set to Webhook";
    if (client != null) {
      checks.forbidden(at, unset);
    }
    if (!reviews.isEmpty()) {
      checks.forbidden(PATH.child("conversionReviewVersions"), unset);
    }
  }

  private static List<String> reviews(CustomResourceConversion conversion) {
    return conversion.webhook() == null
        ? List.of()
        : conversion.webhook().conversionReviewVersions();
  }

  private static boolean anyKnown(List<String> reviews) {
    return reviews.stream().anyMatch(REVIEWS::contains);
  }

  private void client(WebhookClientConfig client, FieldPath path) {
    String url = client.url();
    ServiceReference service = client.service();
    if ((url == null) == (service == null)) {
      checks.required(path, "exactly one of url or service is required");
    } else if (url != null) {
      WebhookUrl.check(url, path.child("url"), checks);
    } else if (service != null) {
      service(service, path.child("service"));
    }
    Bytes bundle = client.caBundle();
    if (!bundle.isEmpty()) {
      String problem = AuthorityBundle.problem(bundle.text());
      if (!problem.isEmpty()) {
        checks.invalid(
            path.child("caBundle"),
            Base64.getEncoder().encodeToString(bundle.toByteArray()),
            problem);
      }
    }
  }

  /** Upstream has mistaken the service's name for its namespace, and the other way round. */
  private void service(ServiceReference service, FieldPath path) {
    if (service.namespace().isEmpty()) {
      checks.required(path.child("name"));
    }
    if (service.name().isEmpty()) {
      checks.required(path.child("namespace"));
    }
    Integer port = service.port();
    List<String> wrong = Names.portNumber(port == null ? 0 : port);
    if (!wrong.isEmpty()) {
      checks.invalid(path.child("port"), port, "port is not valid: " + String.join(", ", wrong));
    }
    if (service.path() != null) {
      path(service.path(), path.child("path"));
    }
  }

  private void path(String text, FieldPath path) {
    if (text.isEmpty() || text.equals("/")) {
      return;
    }
    if (text.equals("//")) {
      checks.invalid(path, text, "segment[0] may not be empty");
      return;
    }
    if (!text.startsWith("/")) {
      checks.invalid(path, text, "must start with a '/'");
    }
    String inner = text.substring(1);
    String[] steps =
        (inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      String segment = "segment[" + i + "]";
      if (steps[i].isEmpty()) {
        checks.invalid(path, text, segment + " may not be empty");
        continue;
      }
      for (String problem : Names.dns1123Subdomain(steps[i])) {
        checks.invalid(path, text, segment + ": " + problem);
      }
    }
  }

  private void reviews(List<String> reviews, boolean known, FieldPath path) {
    if (reviews.isEmpty()) {
      checks.required(path);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < reviews.size(); i++) {
      if (seen.add(reviews.get(i))) {
        checks.each(path.index(i), reviews.get(i), DnsNames.dns1035Label(reviews.get(i)));
      } else {
        checks.invalid(path.index(i), reviews.get(i), "duplicate version");
      }
    }
    if (known && !anyKnown(reviews)) {
      checks.invalid(path, reviews, "must include at least one of " + String.join(", ", REVIEWS));
    }
  }
}
