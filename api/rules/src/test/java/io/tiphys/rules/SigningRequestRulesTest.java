package io.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CertificatesV1;
import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import io.tiphys.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for certificates: who asks, who approves, who signs. */
class SigningRequestRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final WriteContext CONTEXT =
      new WriteContext("jane", "u1", List.of("g"), Map.of("k", List.of("v")), NOW);
  private static final ResourceRules<CertificateSigningRequest> RULES =
      Rules.of(CertificatesV1.CERTIFICATESIGNINGREQUESTS);

  private static Bytes file(String name) throws IOException {
    try (InputStream in =
        SigningRequestRulesTest.class.getResourceAsStream("certificates/" + name)) {
      return Bytes.wrap(Objects.requireNonNull(in).readAllBytes());
    }
  }

  private static CertificateSigningRequest request(String file) throws IOException {
    CertificateSigningRequest plain =
        Written.plain(
            CertificatesV1.CERTIFICATESIGNINGREQUESTS,
            "{'metadata':{'name':'x'},'spec':{'signerName':'kubernetes.io/kube-apiserver-client',"
                + "'usages':['client auth'],'username':'somebody else'}}");
    return plain.withSpec(plain.spec().withRequest(file(file)));
  }

  private static CertificateSigningRequestCondition condition(String type) {
    return CertificateSigningRequestCondition.builder().type(type).status("True").build();
  }

  private static CertificateSigningRequest with(
      CertificateSigningRequest request, CertificateSigningRequestCondition... conditions) {
    return request.withStatus(request.status().withConditions(List.of(conditions)));
  }

  private static List<String> messages(List<FieldError> errors) {
    return errors.stream().map(FieldError::message).toList();
  }

  private static UpdateRules<CertificateSigningRequest> part(String name) {
    return Objects.requireNonNull(RULES.subresources().get(name));
  }

  private static List<String> write(
      String part, CertificateSigningRequest wished, CertificateSigningRequest old) {
    return messages(
        part(part).validateUpdate(part(part).prepareForUpdate(wished, old, CONTEXT), old));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec.csr", "rsa.csr"})
  void aRequestTellsWhoMadeIt(String file) throws IOException {
    CertificateSigningRequest made =
        RULES.prepareForCreate(with(request(file), condition("Approved")), CONTEXT);
    assertThat(RULES.validate(made)).isEmpty();
    assertThat(made.spec().username()).isEqualTo("jane");
    assertThat(made.spec().groups()).containsExactly("g");
    assertThat(made.spec().extra()).containsEntry("k", List.of("v"));
    assertThat(made.status().conditions()).isEmpty();
  }

  @Test
  void whatIsNotSignedByTheKeyItBringsIsRefused() throws IOException {
    CertificateSigningRequest good = request("ec.csr");
    byte[] text = good.spec().request().toByteArray();
    int inSignature = new String(text, StandardCharsets.US_ASCII).length() - 60;
    text[inSignature] = (byte) (text[inSignature] == 'A' ? 'B' : 'A');
    CertificateSigningRequest forged = good.withSpec(good.spec().withRequest(Bytes.wrap(text)));
    assertThat(messages(RULES.validate(forged)))
        .singleElement()
        .asString()
        .startsWith("spec.request: Invalid value: ")
        .contains("x509: ");
    CertificateSigningRequest none = good.withSpec(good.spec().withRequest(Bytes.utf8("hello")));
    assertThat(messages(RULES.validate(none)))
        .containsExactly(
            "spec.request: Invalid value: \"aGVsbG8=\": PEM block type must be CERTIFICATE"
                + " REQUEST");
  }

  @Test
  void whatIsAskedForMustBeKnown() throws IOException {
    CertificateSigningRequest good = request("ec.csr");
    CertificateSigningRequest odd =
        good.withSpec(
            good.spec().toBuilder()
                .usages(List.of("client auth", "client auth"))
                .signerName("a/b/c")
                .expirationSeconds(5)
                .build());
    assertThat(messages(RULES.validate(odd)))
        .containsExactly(
            "spec.usages[1]: Duplicate value: \"client auth\"",
            "spec.signerName: Invalid value: \"a/b/c\": must be a fully qualified domain and path"
                + " of the form 'example.com/signer-name'",
            "spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600"
                + " seconds (10 minutes)");
    CertificateSigningRequest bare =
        good.withSpec(good.spec().withSignerName("nodots/x").withUsages(List.of()));
    assertThat(messages(RULES.validate(bare)))
        .containsExactly(
            "spec.usages: Required value",
            "spec.signerName: Invalid value: \"nodots\": should be a domain with at least two"
                + " segments separated by dots");
  }

  @Test
  void onlyWhoMayApproveSaysSo() throws IOException {
    CertificateSigningRequest old = request("ec.csr");
    CertificateSigningRequest approved = with(old, condition("Approved"));
    assertThat(write("approval", approved, old)).isEmpty();
    CertificateSigningRequest stored = part("approval").prepareForUpdate(approved, old, CONTEXT);
    assertThat(stored.status().conditions().getFirst().lastTransitionTime()).isEqualTo(NOW);
    assertThat(write("status", approved, old))
        .containsExactly(
            "status.conditions: Forbidden: updates may not add a condition of type \"Approved\"");
    assertThat(write("approval", old, approved))
        .containsExactly(
            "status.conditions: Forbidden: updates may not remove a condition of type"
                + " \"Approved\"");
    assertThat(write("approval", with(old, condition("Approved"), condition("Denied")), approved))
        .containsExactly(
            "status.conditions: Invalid value: \"Denied\": Approved and Denied conditions are"
                + " mutually exclusive");
  }

  @Test
  void onlyTheSignerSetsTheCertificateAndOnlyOnce() throws IOException {
    CertificateSigningRequest old = request("ec.csr");
    CertificateSigningRequest signed =
        old.withStatus(old.status().withCertificate(file("chain.crt")));
    assertThat(write("status", signed, old)).isEmpty();
    assertThat(write("approval", signed, old)).isEmpty();
    assertThat(part("approval").prepareForUpdate(signed, old, CONTEXT).status().certificate())
        .isEqualTo(Bytes.EMPTY);
    CertificateSigningRequest other = old.withStatus(old.status().withCertificate(Bytes.utf8("x")));
    assertThat(write("status", other, signed))
        .containsExactly(
            "status.certificate: Invalid value: \"<certificate data>\": must contain at least one"
                + " CERTIFICATE PEM block",
            "status.certificate: Forbidden: updates may not modify existing certificate content");
  }

  @Test
  void theRestOfARequestNeverChanges() throws IOException {
    CertificateSigningRequest old = request("ec.csr");
    CertificateSigningRequest other =
        old.withSpec(old.spec().withSignerName("a.io/b"))
            .withMetadata(old.metadata().withLabels(Map.of("a", "b")));
    CertificateSigningRequest stored = RULES.prepareForUpdate(other, old, CONTEXT);
    assertThat(stored.spec()).isEqualTo(old.spec());
    assertThat(stored.metadata().labels()).containsEntry("a", "b");
  }
}
