package io.tiphys.rules.certificates;

import io.tiphys.api.CertificatesV1;
import io.tiphys.api.Resource;
import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import io.tiphys.api.certificates.v1.CertificateSigningRequestStatus;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.PartRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests for certificates: what is asked for never changes, who approves writes the conditions,
 * who signs the certificate. Checked against pkg/registry/certificates/certificates/strategy.go.
 */
public final class SigningRequestRules implements ResourceRules<CertificateSigningRequest> {
  private static final FieldFilter RESETS_ALL =
      FieldFilter.excluding(List.of(List.of("spec"), List.of("status")));
  private static final FieldFilter RESETS_CONDITIONS =
      FieldFilter.excluding(List.of(List.of("spec"), List.of("status", "conditions")));
  private static final FieldFilter RESETS_CERTIFICATE =
      FieldFilter.excluding(List.of(List.of("spec"), List.of("status", "certificate")));

  @Override
  public Resource<CertificateSigningRequest> resource() {
    return CertificatesV1.CERTIFICATESIGNINGREQUESTS;
  }

  /** Any name will do that fits into an address. */
  @Override
  public NameRule nameRule() {
    return _ -> List.of();
  }

  /** A request tells who made it. */
  @Override
  public CertificateSigningRequest prepareForCreate(
      CertificateSigningRequest request, WriteContext context) {
    return request.toBuilder()
        .spec(
            request.spec().toBuilder()
                .username(context.user())
                .uid(context.uid())
                .groups(context.groups())
                .extra(context.extra())
                .build())
        .status(CertificateSigningRequestStatus.EMPTY)
        .build();
  }

  @Override
  public CertificateSigningRequest prepareForUpdate(
      CertificateSigningRequest request, CertificateSigningRequest old, WriteContext context) {
    return request.toBuilder().spec(old.spec()).status(old.status()).build();
  }

  @Override
  public FieldFilter resetFields() {
    return RESETS_ALL;
  }

  @Override
  public List<FieldError> validate(CertificateSigningRequest request) {
    return SigningRequestValidation.of(request);
  }

  @Override
  public List<FieldError> validateUpdate(
      CertificateSigningRequest request, CertificateSigningRequest old) {
    return SigningRequestValidation.ofUpdate(request, old, false, false);
  }

  @Override
  public Map<String, Function<CertificateSigningRequest, String>> selectableFields() {
    return Map.of("spec.signerName", request -> request.spec().signerName());
  }

  @Override
  public Map<String, UpdateRules<CertificateSigningRequest>> subresources() {
    return Map.of(
        "approval",
        new PartRules<>(
            SigningRequestRules::prepareApproval,
            (request, old) -> SigningRequestValidation.ofUpdate(request, old, true, false),
            RESETS_CERTIFICATE),
        "status",
        new PartRules<>(
            SigningRequestRules::prepareStatus,
            (request, old) -> SigningRequestValidation.ofUpdate(request, old, false, true),
            RESETS_CONDITIONS));
  }

  private static CertificateSigningRequest prepareApproval(
      CertificateSigningRequest request, CertificateSigningRequest old, WriteContext context) {
    return request.toBuilder()
        .spec(old.spec())
        .status(old.status().withConditions(timed(request.status().conditions(), old, context)))
        .build();
  }

  /** Whether it was approved is not the signer's to say. */
  private static CertificateSigningRequest prepareStatus(
      CertificateSigningRequest request, CertificateSigningRequest old, WriteContext context) {
    List<CertificateSigningRequestCondition> conditions =
        new ArrayList<>(request.status().conditions());
    keep(conditions, old, SigningRequestValidation.APPROVED);
    keep(conditions, old, SigningRequestValidation.DENIED);
    return request.toBuilder()
        .spec(old.spec())
        .status(request.status().withConditions(timed(conditions, old, context)))
        .build();
  }

  private static void keep(
      List<CertificateSigningRequestCondition> conditions,
      CertificateSigningRequest old,
      String type) {
    List<CertificateSigningRequestCondition> kept =
        SigningRequestValidation.ofType(old.status().conditions(), type);
    if (kept.size() == SigningRequestValidation.ofType(conditions, type).size()) {
      int next = 0;
      for (int i = 0; i < conditions.size(); i++) {
        if (conditions.get(i).type().equals(type)) {
          conditions.set(i, kept.get(next++));
        }
      }
    }
  }

  private static List<CertificateSigningRequestCondition> timed(
      List<CertificateSigningRequestCondition> conditions,
      CertificateSigningRequest old,
      WriteContext context) {
    return conditions.stream()
        .map(
            condition ->
                condition.toBuilder()
                    .lastUpdateTime(or(condition.lastUpdateTime(), context.now()))
                    .lastTransitionTime(
                        or(
                            condition.lastTransitionTime(),
                            since(condition, old.status().conditions(), context.now())))
                    .build())
        .toList();
  }

  private static Instant since(
      CertificateSigningRequestCondition condition,
      List<CertificateSigningRequestCondition> before,
      Instant now) {
    for (CertificateSigningRequestCondition each : before) {
      if (each.type().equals(condition.type())
          && each.status().equals(condition.status())
          && each.lastTransitionTime() != null) {
        return each.lastTransitionTime();
      }
    }
    return now;
  }

  private static Instant or(@Nullable Instant given, Instant otherwise) {
    return given == null ? otherwise : given;
  }
}
