package io.tiphys.server.discovery;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A document as it is kept: a tenth of its size, and in the form that most clients take.
 *
 * @param tag stands for its content
 */
record Packed(byte[] gzip, String tag) {
  static Packed of(byte[] document, String tag) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(document.length / 8);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Packed(out.toByteArray(), tag);
  }

  /** The document itself. */
  byte[] unpacked() {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
