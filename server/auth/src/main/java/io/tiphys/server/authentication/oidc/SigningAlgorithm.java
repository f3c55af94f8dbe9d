package io.tiphys.server.authentication.oidc;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;

/**
 * How a token is signed, by its name in JOSE.
 *
 * @param keyAlgorithm of the keys it is for
 * @param hash such as SHA-256
 * @param fieldBits of the curve; 0 for RSA
 * @param pss whether RSA pads with PSS
 */
record SigningAlgorithm(String keyAlgorithm, String hash, int fieldBits, boolean pss) {
  private static final Map<String, SigningAlgorithm> BY_NAME =
      Map.of(
          "RS256", new SigningAlgorithm("RSA", "SHA-256", 0, false),
          "RS384", new SigningAlgorithm("RSA", "SHA-384", 0, false),
          "RS512", new SigningAlgorithm("RSA", "SHA-512", 0, false),
          "PS256", new SigningAlgorithm("RSA", "SHA-256", 0, true),
          "PS384", new SigningAlgorithm("RSA", "SHA-384", 0, true),
          "PS512", new SigningAlgorithm("RSA", "SHA-512", 0, true),
          "ES256", new SigningAlgorithm("EC", "SHA-256", 256, false),
          "ES384", new SigningAlgorithm("EC", "SHA-384", 384, false),
          "ES512", new SigningAlgorithm("EC", "SHA-512", 521, false));

  /** Whether {@code key} made {@code signature} in the way that {@code name} says. */
  static boolean verify(String name, PublicKey key, byte[] signed, byte[] signature) {
    SigningAlgorithm algorithm = BY_NAME.get(name);
    try {
      if (algorithm == null || !algorithm.fits(key)) {
        return false;
      }
      Signature verifier = algorithm.verifier();
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean fits(PublicKey key) {
    return key.getAlgorithm().equals(keyAlgorithm)
        && (!(key instanceof ECPublicKey curve)
            || curve.getParams().getCurve().getField().getFieldSize() == fieldBits);
  }

  private Signature verifier() throws GeneralSecurityException {
    String digest = hash.replace("-", "");
    if (pss) {
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      int salt = Integer.parseInt(hash.substring(hash.indexOf('-') + 1)) / Byte.SIZE;
      verifier.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
      return verifier;
    }
    return Signature.getInstance(
        fieldBits == 0 ? digest + "withRSA" : digest + "withECDSAinP1363Format");
  }
}
