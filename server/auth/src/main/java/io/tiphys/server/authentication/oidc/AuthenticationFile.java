package io.tiphys.server.authentication.oidc;

import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.server.authentication.AnonymousAccess;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.configuration.Fields;
import io.tiphys.server.tls.Pem;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads kind AuthenticationConfiguration of apiserver.config.k8s.io. Expressions in CEL are refused
 * for as long as nothing here evaluates them. Checked against apis/apiserver/validation of
 * apiserver/pkg.
 */
public final class AuthenticationFile {
  private static final List<String> VERSIONS =
      List.of(
          "apiserver.config.k8s.io/v1",
          "apiserver.config.k8s.io/v1beta1",
          "apiserver.config.k8s.io/v1alpha1");

  /** Upstream's limit. */
  private static final int MAX_ISSUERS = 64;

  private final List<FieldError> errors = new ArrayList<>();
  private final Set<String> issuers = new HashSet<>();
  private final Set<String> discoveries = new HashSet<>();
  private final Set<String> ownIssuers;

  private AuthenticationFile(Set<String> ownIssuers) {
    this.ownIssuers = ownIssuers;
  }

  /**
   * What the file says.
   *
   * @param anonymous null when it says nothing of it
   */
  public record Content(List<JwtAuthenticatorConfig> issuers, @Nullable AnonymousAccess anonymous) {
    public Content {
      issuers = List.copyOf(issuers);
    }
  }

  /**
   * Reads a file's content.
   *
   * @param ownIssuers of service account tokens, which no other may be
   * @throws ConfigurationException naming everything that is wrong
   */
  public static Content read(String content, Set<String> ownIssuers) {
    Fields fields = Fields.read(content, "AuthenticationConfiguration", VERSIONS);
    AuthenticationFile reader = new AuthenticationFile(ownIssuers);
    Content read = reader.content(fields);
    fields.requireKnown();
    reader.requireValid();
    return read;
  }

  /**
   * Judges issuers that flags name.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  public static void check(JwtAuthenticatorConfig config, Set<String> ownIssuers) {
    AuthenticationFile reader = new AuthenticationFile(ownIssuers);
    reader.checkIssuer(config, FieldPath.of("jwt").index(0).child("issuer"));
    reader.requireValid();
  }

  private void requireValid() {
    if (!errors.isEmpty()) {
      String all = errors.stream().map(FieldError::message).collect(Collectors.joining(", "));
      throw new ConfigurationException(errors.size() == 1 ? all : "[" + all + "]");
    }
  }

  private Content content(Fields fields) {
    List<JwtAuthenticatorConfig> configs = new ArrayList<>();
    FieldPath path = FieldPath.of("jwt");
    for (Fields jwt : fields.objects("jwt")) {
      configs.add(issuer(jwt, path.index(configs.size())));
    }
    if (configs.size() > MAX_ISSUERS) {
      errors.add(FieldError.tooMany(path, configs.size(), MAX_ISSUERS));
    }
    Fields anonymous = fields.object("anonymous");
    return new Content(configs, anonymous == null ? null : anonymous(anonymous));
  }

  private AnonymousAccess anonymous(Fields fields) {
    boolean enabled = Boolean.TRUE.equals(fields.truth("enabled"));
    List<String> paths = new ArrayList<>();
    fields.objects("conditions").forEach(condition -> paths.add(condition.text("path")));
    if (!enabled && !paths.isEmpty()) {
      errors.add(
          FieldError.invalid(
              FieldPath.of("anonymous", "conditions"),
              paths,
              "enabled should be set to true when conditions are defined"));
    }
    return new AnonymousAccess(enabled, paths);
  }

  private JwtAuthenticatorConfig issuer(Fields fields, FieldPath path) {
    Fields issuer = required(fields, "issuer");
    Fields mappings = required(fields, "claimMappings");
    FieldPath mapped = path.child("claimMappings");
    List<String> audiences = issuer.texts("audiences");
    checkAudiences(audiences, issuer.text("audienceMatchPolicy"), path.child("issuer"));
    if (!issuer.text("egressSelectorType").isEmpty()) {
      refuse(path.child("issuer", "egressSelectorType"), "there are no egress selectors here");
    }
    if (!mappings.objects("extra").isEmpty()) {
      mappings.objects("extra").forEach(AuthenticationFile::passOver);
      refuseExpression(mapped.child("extra"));
    }
    if (!fields.objects("userValidationRules").isEmpty()) {
      fields.objects("userValidationRules").forEach(AuthenticationFile::passOver);
      refuseExpression(path.child("userValidationRules"));
    }
    JwtAuthenticatorConfig config =
        new JwtAuthenticatorConfig(
            issuer.text("url"),
            issuer.text("discoveryURL"),
            issuer.text("certificateAuthority"),
            audiences,
            JwtAuthenticatorConfig.ALGORITHMS,
            mapping(mappings.object("username"), mapped.child("username"), true),
            mapping(mappings.object("groups"), mapped.child("groups"), false),
            uidClaim(mappings.object("uid"), mapped.child("uid")),
            requiredClaims(fields.objects("claimValidationRules"), path));
    checkIssuer(config, path.child("issuer"));
    return config;
  }

  private static Fields required(Fields fields, String name) {
    Fields found = fields.object(name);
    if (found == null) {
      throw new ConfigurationException(fields.path(name) + ": Required value");
    }
    return found;
  }

  /** What is refused as a whole is not refused once more for being unknown. */
  private static void passOver(Fields fields) {
    List.of("key", "valueExpression", "expression", "message").forEach(fields::any);
  }

  private void refuse(FieldPath path, String why) {
    errors.add(FieldError.forbidden(path, why));
  }

  private void refuseExpression(FieldPath path) {
    refuse(path, "expressions in CEL are not supported by this server yet");
  }

  private Mapping mapping(@Nullable Fields fields, FieldPath path, boolean required) {
    if (fields == null) {
      if (required) {
        errors.add(FieldError.required(path, "claim or expression is required"));
      }
      return Mapping.NONE;
    }
    String claim = fields.text("claim");
    String prefix = fields.text("prefix");
    if (!fields.text("expression").isEmpty()) {
      refuseExpression(path.child("expression"));
    } else if (claim.isEmpty() && required) {
      errors.add(FieldError.required(path, "claim or expression is required"));
    }
    if (!claim.isEmpty() && !fields.has("prefix")) {
      errors.add(
          FieldError.required(
              path.child("prefix"),
              "prefix is required when claim is set. It can be set to an empty string to disable"
                  + " prefixing"));
    }
    if (claim.isEmpty() && !prefix.isEmpty()) {
      errors.add(
          FieldError.invalid(
              path.child("prefix"), prefix, "prefix can't be set when claim is not"));
    }
    return new Mapping(claim, prefix);
  }

  private String uidClaim(@Nullable Fields fields, FieldPath path) {
    if (fields == null) {
      return "";
    }
    if (!fields.text("expression").isEmpty()) {
      refuseExpression(path.child("expression"));
    }
    return fields.text("claim");
  }

  private Map<String, String> requiredClaims(List<Fields> rules, FieldPath path) {
    Map<String, String> claims = new LinkedHashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      Fields rule = rules.get(i);
      FieldPath at = path.child("claimValidationRules").index(i);
      String claim = rule.text("claim");
      String message = rule.text("message");
      String value = rule.text("requiredValue");
      if (!rule.text("expression").isEmpty()) {
        refuseExpression(at.child("expression"));
      } else if (claim.isEmpty()) {
        errors.add(FieldError.required(at, "claim or expression is required"));
      } else if (!message.isEmpty()) {
        errors.add(
            FieldError.invalid(
                at.child("message"), message, "may not be specified when claim is set"));
      }
      if (!claim.isEmpty() && claims.put(claim, value) != null) {
        errors.add(FieldError.duplicate(at.child("claim"), claim));
      }
    }
    return claims;
  }

  private void checkAudiences(List<String> audiences, String policy, FieldPath issuer) {
    FieldPath path = issuer.child("audiences");
    if (audiences.isEmpty()) {
      errors.add(FieldError.required(path, "at least one " + path + " is required"));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < audiences.size(); i++) {
      if (audiences.get(i).isEmpty()) {
        errors.add(FieldError.required(path.index(i), ""));
      }
      if (!seen.add(audiences.get(i))) {
        errors.add(FieldError.duplicate(path.index(i), audiences.get(i)));
      }
    }
    boolean any = policy.equals("MatchAny");
    FieldPath at = issuer.child("audienceMatchPolicy");
    if (audiences.size() > 1 && !any) {
      errors.add(
          FieldError.invalid(
              at, policy, "audienceMatchPolicy must be MatchAny for multiple audiences"));
    } else if (!any && !policy.isEmpty()) {
      errors.add(
          FieldError.invalid(
              at, policy, "audienceMatchPolicy must be empty or MatchAny for single audience"));
    }
  }

  private void checkIssuer(JwtAuthenticatorConfig config, FieldPath path) {
    if (config.url().isEmpty()) {
      errors.add(FieldError.required(path.child("url"), ""));
    } else {
      if (ownIssuers.contains(config.url())) {
        errors.add(
            FieldError.invalid(
                path.child("url"),
                config.url(),
                "URL must not overlap with disallowed issuers: [%s]"
                    .formatted(String.join(" ", ownIssuers))));
      }
      checkUrl(config.url(), path.child("url"));
    }
    if (!issuers.add(config.url())) {
      errors.add(FieldError.duplicate(path.child("url"), config.url()));
    }
    if (!config.discoveryUrl().isEmpty()) {
      checkUrl(config.discoveryUrl(), path.child("discoveryURL"));
      if (!discoveries.add(config.discoveryUrl())) {
        errors.add(FieldError.duplicate(path.child("discoveryURL"), config.discoveryUrl()));
      }
    }
    if (!config.authorities().isEmpty()) {
      try {
        Pem.certificates(config.authorities());
      } catch (GeneralSecurityException e) {
        errors.add(
            FieldError.invalid(
                path.child("certificateAuthority"),
                "<omitted>",
                "data does not contain any valid RSA or ECDSA certificates"));
      }
    }
  }

  private void checkUrl(String text, FieldPath path) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      errors.add(FieldError.invalid(path, text, String.valueOf(e.getMessage())));
      return;
    }
    if (!"https".equals(url.getScheme())) {
      errors.add(FieldError.invalid(path, text, "URL scheme must be https"));
    }
    if (url.getUserInfo() != null) {
      errors.add(FieldError.invalid(path, text, "URL must not contain a username or password"));
    }
    if (url.getRawQuery() != null) {
      errors.add(FieldError.invalid(path, text, "URL must not contain a query"));
    }
    if (url.getRawFragment() != null) {
      errors.add(FieldError.invalid(path, text, "URL must not contain a fragment"));
    }
  }
}
