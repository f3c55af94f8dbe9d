package io.tiphys.codec;

/** The input is not what its format or its type demands; the message is fit for a client. */
public class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CodecException(String message) {
    super(message);
  }
}
