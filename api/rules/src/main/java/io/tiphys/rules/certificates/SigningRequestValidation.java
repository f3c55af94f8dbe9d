package io.tiphys.rules.certificates;

import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with a request for a certificate; checked against pkg/apis/certificates/validation
 * and ValidateSignerName. What upstream lets pass because versions before v1 stored it is refused.
 */
final class SigningRequestValidation {
  static final String APPROVED = "Approved";
  static final String DENIED = "Denied";
  private static final String FAILED = "Failed";
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final String LEGACY_SIGNER = "kubernetes.io/legacy-unknown";
  private static final int MIN_SECONDS = 600;

  /** A domain, a slash, and a path that can hold a label and a subdomain. */
  private static final int MAX_SIGNER =
      Names.DNS_SUBDOMAIN_MAX_LENGTH
          + 1
          + Names.DNS_SUBDOMAIN_MAX_LENGTH
          + Names.DNS_LABEL_MAX_LENGTH
          + 1;

  private static final List<String> USAGES =
      List.of(
          "any",
          "cert sign",
          "client auth",
          "code signing",
          "content commitment",
          "crl sign",
          "data encipherment",
          "decipher only",
          "digital signature",
          "email protection",
          "encipher only",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "key agreement",
          "key encipherment",
          "microsoft sgc",
          "netscape sgc",
          "ocsp signing",
          "s/mime",
          "server auth",
          "signing",
          "timestamping");

  private SigningRequestValidation() {}

  static List<FieldError> of(CertificateSigningRequest request) {
    Checks checks = new Checks();
    check(request, true, checks);
    return checks.errors();
  }

  /**
   * @param approving whether the writer may approve or deny
   * @param signing whether the writer may set the certificate
   */
  static List<FieldError> ofUpdate(
      CertificateSigningRequest request,
      CertificateSigningRequest old,
      boolean approving,
      boolean signing) {
    Checks checks = new Checks();
    Bytes certificate = request.status().certificate();
    boolean same = certificate.equals(old.status().certificate());
    check(request, !same, checks);
    FieldPath conditions = STATUS.child("conditions");
    for (String type : List.of(APPROVED, DENIED, FAILED)) {
      if (count(request, type) < count(old, type)) {
        checks.forbidden(
            conditions, "updates may not remove a condition of type " + GoText.quote(type));
      }
    }
    for (String type : List.of(APPROVED, DENIED)) {
      if (!approving && count(request, type) > count(old, type)) {
        checks.forbidden(
            conditions, "updates may not add a condition of type " + GoText.quote(type));
      }
    }
    if (!same && !signing) {
      checks.forbidden(STATUS.child("certificate"), "updates may not set certificate content");
    } else if (!same && !old.status().certificate().isEmpty()) {
      checks.forbidden(
          STATUS.child("certificate"), "updates may not modify existing certificate content");
    }
    return checks.errors();
  }

  static List<CertificateSigningRequestCondition> ofType(
      List<CertificateSigningRequestCondition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).toList();
  }

  private static int count(CertificateSigningRequest request, String type) {
    return ofType(request.status().conditions(), type).size();
  }

  private static void check(
      CertificateSigningRequest request, boolean checkCertificate, Checks checks) {
    String problem = PemRequest.problem(request.spec().request());
    if (!problem.isEmpty()) {
      String shown = Base64.getEncoder().encodeToString(request.spec().request().toByteArray());
      checks.invalid(SPEC.child("request"), Json.of(shown), problem);
    }
    usages(request.spec().usages(), SPEC.child("usages"), checks);
    FieldPath signer = SPEC.child("signerName");
    if (request.spec().signerName().equals(LEGACY_SIGNER)) {
      checks.invalid(
          signer, LEGACY_SIGNER, "the legacy signerName is not allowed via this API version");
    } else {
      signer(request.spec().signerName(), signer, checks);
    }
    Integer seconds = request.spec().expirationSeconds();
    if (seconds != null && seconds < MIN_SECONDS) {
      checks.invalid(
          SPEC.child("expirationSeconds"),
          seconds,
          "may not specify a duration less than 600 seconds (10 minutes)");
    }
    conditions(request.status().conditions(), STATUS.child("conditions"), checks);
    String wrong = checkCertificate ? PemRequest.chainProblem(request.status().certificate()) : "";
    if (!wrong.isEmpty()) {
      checks.invalid(STATUS.child("certificate"), "<certificate data>", wrong);
    }
  }

  private static void usages(List<String> usages, FieldPath path, Checks checks) {
    if (usages.isEmpty()) {
      checks.required(path);
    }
    for (int i = 0; i < usages.size(); i++) {
      checks.supported(path.index(i), usages.get(i), USAGES);
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < usages.size(); i++) {
      if (!seen.add(usages.get(i))) {
        checks.add(FieldError.duplicate(path.index(i), usages.get(i)));
      }
    }
  }

  private static void conditions(
      List<CertificateSigningRequestCondition> conditions, FieldPath path, Checks checks) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      CertificateSigningRequestCondition condition = conditions.get(i);
      String type = condition.type();
      if (type.isEmpty()) {
        checks.required(path.index(i).child("type"));
      }
      boolean once = List.of(APPROVED, DENIED, FAILED).contains(type);
      checks.oneOf(
          path.index(i).child("status"),
          condition.status(),
          once ? List.of("True") : List.of("False", "True", "Unknown"));
      boolean contradicts =
          (type.equals(APPROVED) && seen.contains(DENIED))
              || (type.equals(DENIED) && seen.contains(APPROVED));
      if (contradicts) {
        checks.invalid(path, type, "Approved and Denied conditions are mutually exclusive");
      }
      if (!seen.add(type)) {
        checks.add(FieldError.duplicate(path.index(i).child("type"), type));
      }
    }
  }

  private static void signer(String name, FieldPath path, Checks checks) {
    if (name.isEmpty()) {
      checks.required(path);
      return;
    }
    String[] segments = name.split("/", -1);
    if (segments.length != 2) {
      checks.invalid(
          path,
          name,
          "must be a fully qualified domain and path of the form 'example.com/signer-name'");
      return;
    }
    if (segments[0].length() > Names.DNS_SUBDOMAIN_MAX_LENGTH) {
      checks.add(FieldError.tooLong(path, Names.DNS_SUBDOMAIN_MAX_LENGTH));
    }
    String[] domain = segments[0].split("\\.", -1);
    for (String label : domain) {
      if (labels(segments[0], label, Names.dns1123Label(label), path, checks)) {
        break;
      }
    }
    if (domain.length < 2) {
      checks.invalid(
          path, segments[0], "should be a domain with at least two segments separated by dots");
    }
    for (String label : segments[1].split("\\.", -1)) {
      if (labels(segments[1], label, Names.dns1123Subdomain(label), path, checks)) {
        break;
      }
    }
    if (name.length() > MAX_SIGNER) {
      checks.add(FieldError.tooLong(path, MAX_SIGNER));
    }
  }

  /** Whether a label was wrong: one is enough to hear of. */
  private static boolean labels(
      String segment, String label, List<String> problems, FieldPath path, Checks checks) {
    for (String problem : problems) {
      checks.invalid(path, segment, "validating label " + GoText.quote(label) + ": " + problem);
    }
    return !problems.isEmpty();
  }
}
