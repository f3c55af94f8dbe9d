package io.tiphys.server.admission;

import io.tiphys.api.CertificatesV1;
import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.authorization.Authorizer.Attributes;

/**
 * Whoever approves or signs a request for a certificate must hold that right for its signer.
 * Checked against plugin/pkg/admission/certificates/{approval,signing} and pkg/certauthorization.
 */
public final class CertificateAdmission implements AdmissionPlugin {
  private final Authorizer authorizer;

  public CertificateAdmission(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() != Operation.UPDATE
        || !request.resource().equals(CertificatesV1.CERTIFICATESIGNINGREQUESTS)
        || !(request.object() instanceof CertificateSigningRequest written)
        || !(request.old() instanceof CertificateSigningRequest old)) {
      return;
    }
    switch (request.subresource()) {
      case "approval" -> require(request, old, "approve");
      case "status" -> {
        if (signs(written, old)) {
          require(request, old, "sign");
        }
      }
      default -> {} // its rules say the rest
    }
  }

  private static boolean signs(CertificateSigningRequest written, CertificateSigningRequest old) {
    return !written.status().certificate().equals(old.status().certificate())
        || !written.status().conditions().equals(old.status().conditions());
  }

  /** The signer is the one of the old request: nobody chooses another while approving. */
  private void require(AdmissionRequest request, CertificateSigningRequest old, String verb) {
    String signer = old.spec().signerName();
    int slash = signer.indexOf('/');
    String domain = slash < 0 ? signer : signer.substring(0, slash);
    if (!may(request, verb, signer) && !may(request, verb, domain + "/*")) {
      throw Denials.forbidden(
          request,
          "user not permitted to %s requests with signerName \"%s\"".formatted(verb, signer));
    }
  }

  private boolean may(AdmissionRequest request, String verb, String signer) {
    return authorizer
        .authorize(
            Attributes.onResource(
                request.user(), verb, "certificates.k8s.io", "signers", "", signer))
        .allowed();
  }
}
