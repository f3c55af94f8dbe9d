package io.tiphys.server.webhook;

/** Another server could not be asked or did not answer as it should. */
public final class WebhookException extends Exception {
  private static final long serialVersionUID = 1;
  private final boolean passing;

  /**
   * @param passing whether it may go well at the next try
   */
  WebhookException(String message, boolean passing) {
    super(message);
    this.passing = passing;
  }

  boolean isPassing() {
    return passing;
  }
}
