package io.tiphys.base;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys as text. Elliptic-curve keys are written as SEC 1 (RFC 5915), the form in which
 * client-go's util/keyutil/key.go writes them and every client of Kubernetes reads them; fabric8
 * takes PKCS #8 for RSA. All forms are read: SEC 1, PKCS #1 (kubeadm's RSA keys) and PKCS #8.
 */
public final class PrivateKeyPem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  /** SEC 1's optional parts: the curve and the public key. */
  private static final int CURVE = 0xa0;

  private static final int PUBLIC_KEY = 0xa1;

  /** 1.2.840.10045.2.1 */
  private static final byte[] EC_ALGORITHM = {
    6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };

  /** 1.2.840.113549.1.1.1 */
  private static final byte[] RSA_ALGORITHM = {
    6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1
  };

  private static final byte[] NULL = {5, 0};

  private PrivateKeyPem() {}

  /** The private half of a pair, as clients read it. */
  public static String of(KeyPair pair) {
    if (pair.getPrivate() instanceof ECPrivateKey key
        && pair.getPublic() instanceof ECPublicKey shown) {
      return block("EC PRIVATE KEY", sec1(key, shown));
    }
    return block("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  /**
   * Reads the first private key in {@code text}.
   *
   * @throws GeneralSecurityException when there is none or it cannot be read
   */
  public static PrivateKey read(String text) throws GeneralSecurityException {
    Matcher matcher = BLOCK.matcher(text);
    if (!matcher.find()) {
      throw new GeneralSecurityException("no PEM block of a private key");
    }
    try {
      byte[] key = Base64.getMimeDecoder().decode(matcher.group(2));
      return switch (matcher.group(1)) {
        case "EC PRIVATE KEY" -> decode("EC", pkcs8(EC_ALGORITHM, curve(key), key));
        case "RSA PRIVATE KEY" -> decode("RSA", pkcs8(RSA_ALGORITHM, NULL, key));
        default -> decode(algorithm(key), key);
      };
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the private key is damaged: " + e.getMessage(), e);
    }
  }

  private static PrivateKey decode(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] sec1(ECPrivateKey key, ECPublicKey shown) {
    // The public key's own form is SEQUENCE { SEQUENCE { algorithm, curve }, point }.
    List<byte[]> parts = values(content(shown.getEncoded()));
    byte[] curve = values(content(parts.getFirst())).get(1);
    byte[] point = parts.get(1);
    int length = (key.getParams().getOrder().bitLength() + 7) / 8;
    return value(
        SEQUENCE,
        value(INTEGER, new byte[] {1}),
        value(OCTET_STRING, unsigned(key.getS(), length)),
        value(CURVE, curve),
        value(PUBLIC_KEY, point));
  }

  /** The number in exactly {@code length} bytes. */
  private static byte[] unsigned(BigInteger number, int length) {
    byte[] signed = number.toByteArray();
    byte[] bytes = new byte[length];
    int count = Math.min(length, signed.length);
    System.arraycopy(signed, signed.length - count, bytes, length - count, count);
    return bytes;
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] parameters, byte[] key) {
    return value(
        SEQUENCE,
        value(INTEGER, new byte[] {0}),
        value(SEQUENCE, algorithm, parameters),
        value(OCTET_STRING, key));
  }

  private static byte[] curve(byte[] sec1) {
    for (byte[] part : values(content(sec1))) {
      if ((part[0] & 0xff) == CURVE) {
        return content(part);
      }
    }
    throw new IllegalArgumentException("it does not name its curve");
  }

  private static String algorithm(byte[] pkcs8) {
    List<byte[]> parts = values(content(pkcs8));
    if (parts.size() < 2) {
      throw new IllegalArgumentException("it does not name its algorithm");
    }
    byte[] name = values(content(parts.get(1))).getFirst();
    return Arrays.equals(name, RSA_ALGORITHM) ? "RSA" : "EC";
  }

  private static String block(String type, byte[] bytes) {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  /** A DER value of at most 64 KiB: its tag, its length, its content. */
  private static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >>> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] content(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte[] content = new byte[header(in)];
    in.get(content);
    return content;
  }

  /** The values that follow one another in {@code bytes}, each with its head. */
  private static List<byte[]> values(byte[] bytes) {
    List<byte[]> values = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int start = in.position();
      int length = header(in);
      byte[] value = new byte[in.position() - start + length];
      in.position(start);
      in.get(value);
      values.add(value);
    }
    return values;
  }

  /** Reads tag and length; what follows has at least that many bytes. */
  private static int header(ByteBuffer in) {
    if (in.remaining() < 2) {
      throw new IllegalArgumentException("it ends too early");
    }
    in.get();
    int length = in.get() & 0xff;
    if (length >= 0x80) {
      int count = length & 0x7f;
      length = 0;
      for (int i = 0; i < Math.min(count, 3) && in.hasRemaining(); i++) {
        length = (length << 8) | (in.get() & 0xff);
      }
    }
    if (length > in.remaining()) {
      throw new IllegalArgumentException("it ends too early");
    }
    return length;
  }
}
