package io.tiphys.server.admission;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.CertificatesV1;
import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.server.admission.AdmissionRequest.Caller;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Approving and signing need the right for the signer, by its name or by its domain. */
class CertificateAdmissionTest {
  private static final Caller ANN =
      new Caller(
          new User("ann", "", List.of(), Map.of()),
          false,
          OperationOptions.NONE,
          AdmissionNotes.NONE);

  private static CertificateAdmission allowing(String... rights) {
    Set<String> held = Set.of(rights);
    return new CertificateAdmission(
        attributes ->
            new Authorizer.Decision(
                attributes.apiGroup().equals("certificates.k8s.io")
                    && attributes.resource().equals("signers")
                    && held.contains(attributes.verb() + " " + attributes.name()),
                ""));
  }

  private static CertificateSigningRequest request(String signer) {
    CertificateSigningRequest request =
        CertificateSigningRequest.EMPTY.withMetadata(ObjectMeta.EMPTY.withName("r"));
    return request.withSpec(request.spec().withSignerName(signer));
  }

  private static AdmissionRequest update(
      String subresource, CertificateSigningRequest written, CertificateSigningRequest old) {
    Subject subject = Subject.of(CertificatesV1.CERTIFICATESIGNINGREQUESTS, subresource, old);
    return AdmissionRequest.update(subject, written, old, ANN);
  }

  private static CertificateSigningRequest approved(CertificateSigningRequest request) {
    return request.withStatus(
        request
            .status()
            .withConditions(
                List.of(CertificateSigningRequestCondition.EMPTY.withType("Approved"))));
  }

  @Test
  void theSignerIsTheOneOfTheOldRequest() {
    CertificateSigningRequest old = request("example.com/a");
    AdmissionRequest wish = update("approval", approved(request("example.com/b")), old);
    assertThatThrownBy(() -> allowing("approve example.com/b").validate(wish))
        .hasMessage(
            "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: user not permitted"
                + " to approve requests with signerName \"example.com/a\"");
    assertThatCode(() -> allowing("approve example.com/a").validate(wish))
        .doesNotThrowAnyException();
    assertThatCode(() -> allowing("approve example.com/*").validate(wish))
        .doesNotThrowAnyException();
  }

  @Test
  void onlyWhoChangesTheCertificateOrAConditionSigns() {
    CertificateSigningRequest old = request("example.com/a");
    assertThatCode(() -> allowing().validate(update("status", old, old)))
        .doesNotThrowAnyException();
    AdmissionRequest wish = update("status", approved(old), old);
    assertThatThrownBy(() -> allowing("approve example.com/a").validate(wish))
        .hasMessageEndingWith(
            "user not permitted to sign requests with signerName \"example.com/a\"");
    assertThatCode(() -> allowing("sign example.com/a").validate(wish)).doesNotThrowAnyException();
  }

  @Test
  void theRestIsLeftToTheRules() {
    CertificateSigningRequest old = request("example.com/a");
    assertThatCode(() -> allowing().validate(update("", approved(old), old)))
        .doesNotThrowAnyException();
  }
}
