package io.tiphys.rules.certificates;

import io.tiphys.codec.Bytes;
import io.tiphys.meta.GoText;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for a certificate as PKCS #10 in PEM, and certificates in PEM: read as far as it takes
 * to know that they are whole and signed. Checked against ParseCSR and validateCertificate.
 */
final class PemRequest {
  private static final String REQUEST = "CERTIFICATE REQUEST";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final int SEQUENCE = 0x30;
  private static final int BIT_STRING = 0x03;
  private static final int OBJECT_ID = 0x06;

  /** Signatures by the end of their algorithm's number. */
  private static final Map<String, String> SIGNATURES =
      Map.of(
          "2a864886f70d01010b", "SHA256withRSA",
          "2a864886f70d01010c", "SHA384withRSA",
          "2a864886f70d01010d", "SHA512withRSA",
          "2a8648ce3d040302", "SHA256withECDSA",
          "2a8648ce3d040303", "SHA384withECDSA",
          "2a8648ce3d040304", "SHA512withECDSA",
          "2b6570", "Ed25519");

  /** Keys by their algorithm's number. */
  private static final Map<String, String> KEYS =
      Map.of("2a864886f70d010101", "RSA", "2a8648ce3d0201", "EC", "2b6570", "Ed25519");

  private PemRequest() {}

  /** A block: what it says it is, and what is in it. */
  @SuppressWarnings("ArrayRecordComponent") // lives within one call
  private record Block(String type, boolean headers, byte[] content) {}

  /** What is wrong with a request; empty for nothing. */
  static String problem(Bytes pem) {
    List<Block> blocks = blocks(new String(pem.toByteArray(), StandardCharsets.ISO_8859_1));
    if (blocks.isEmpty() || !blocks.getFirst().type().equals(REQUEST)) {
      return "PEM block type must be CERTIFICATE REQUEST";
    }
    try {
      return check(blocks.getFirst().content());
    } catch (IndexOutOfBoundsException _) {
      return "asn1: syntax error: data truncated";
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return "x509: " + e.getMessage();
    }
  }

  private static String check(byte[] der) throws GeneralSecurityException {
    Der whole = Der.at(der, 0).expect(SEQUENCE);
    if (whole.end() != der.length) {
      return "asn1: syntax error: trailing data";
    }
    Der info = Der.at(der, whole.start()).expect(SEQUENCE);
    Der algorithm = Der.at(der, info.end()).expect(SEQUENCE);
    Der signed = Der.at(der, algorithm.end()).expect(BIT_STRING);
    Der version = Der.at(der, info.start());
    Der subject = Der.at(der, version.end());
    Der key = Der.at(der, subject.end()).expect(SEQUENCE);
    Der keyAlgorithm = Der.at(der, key.start()).expect(SEQUENCE);
    String keyName = KEYS.get(Der.at(der, keyAlgorithm.start()).expect(OBJECT_ID).hex());
    String name = SIGNATURES.get(Der.at(der, algorithm.start()).expect(OBJECT_ID).hex());
    if (keyName == null || name == null) {
      return "x509: cannot verify signature: algorithm unimplemented";
    }
    PublicKey publicKey =
        KeyFactory.getInstance(keyName).generatePublic(new X509EncodedKeySpec(key.whole()));
    Signature verifier = Signature.getInstance(name);
    verifier.initVerify(publicKey);
    verifier.update(info.whole());
    // The first byte of a bit string counts bits that are not used.
    byte[] bits = signed.content();
    boolean good = bits.length > 1 && verifier.verify(bits, 1, bits.length - 1);
    return good ? "" : "x509: signature verification failed";
  }

  /** What is wrong with a chain of certificates; empty for nothing, or for none at all. */
  static String chainProblem(Bytes pem) {
    if (pem.isEmpty()) {
      return "";
    }
    List<Block> blocks = blocks(new String(pem.toByteArray(), StandardCharsets.ISO_8859_1));
    for (Block block : blocks) {
      if (!block.type().equals(CERTIFICATE)) {
        return "only CERTIFICATE PEM blocks are allowed, found " + GoText.quote(block.type());
      }
      if (block.headers()) {
        return "no PEM block headers are permitted";
      }
      if (block.content().length == 0) {
        return "found CERTIFICATE PEM block containing 0 certificates";
      }
      try {
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(block.content()));
      } catch (GeneralSecurityException _) {
        return "x509: malformed certificate";
      }
    }
    return blocks.isEmpty() ? "must contain at least one CERTIFICATE PEM block" : "";
  }

  /** The blocks of a text; what is no block is passed over. */
  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    String type = "";
    @Nullable StringBuilder base64 = null;
    boolean headers = false;
    for (String line : text.lines().map(String::stripTrailing).toList()) {
      if (line.startsWith("-----BEGIN ") && line.endsWith("-----")) {
        type = line.substring("-----BEGIN ".length(), line.length() - "-----".length());
        base64 = new StringBuilder();
        headers = false;
      } else if (base64 != null && line.equals("-----END " + type + "-----")) {
        byte[] content = decoded(base64.toString());
        if (content != null) {
          blocks.add(new Block(type, headers, content));
        }
        base64 = null;
      } else if (base64 != null && line.indexOf(':') > 0) {
        headers = true;
      } else if (base64 != null) {
        base64.append(line.strip());
      }
    }
    return blocks;
  }

  private static byte @Nullable [] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** A value of ASN.1's DER within bytes. */
  @SuppressWarnings("ArrayRecordComponent") // lives within one call
  private record Der(byte[] in, int tag, int begin, int start, int end) {
    static Der at(byte[] in, int begin) {
      int length = in[begin + 1] & 0xff;
      int start = begin + 2;
      if (length > 0x80) {
        int digits = length - 0x80;
        if (digits > 3) {
          throw new IllegalArgumentException("length of " + digits + " bytes");
        }
        length = 0;
        for (int i = 0; i < digits; i++) {
          length = (length << 8) | (in[start++] & 0xff);
        }
      }
      if (start + length > in.length) {
        throw new IndexOutOfBoundsException(start + length);
      }
      return new Der(in, in[begin] & 0xff, begin, start, start + length);
    }

    Der expect(int wanted) {
      if (tag != wanted) {
        throw new IllegalArgumentException("tag " + tag + " in the place of " + wanted);
      }
      return this;
    }

    byte[] whole() {
      return Arrays.copyOfRange(in, begin, end);
    }

    byte[] content() {
      return Arrays.copyOfRange(in, start, end);
    }

    String hex() {
      return HexFormat.of().formatHex(in, start, end);
    }
  }
}
