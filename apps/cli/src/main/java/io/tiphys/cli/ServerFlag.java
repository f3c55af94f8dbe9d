package io.tiphys.cli;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A flag of kube-apiserver that the API server of this process understands. */
public enum ServerFlag {
  AUDIT_POLICY_FILE(
      "audit-policy-file",
      Kind.FILE,
      "",
      "Policy that says what is audited; without it nothing is."),
  AUDIT_LOG_PATH(
      "audit-log-path", Kind.OUTPUT, "", "File of audit events; - is the output (server only)."),
  AUDIT_LOG_MAXAGE(
      "audit-log-maxage", Kind.NUMBER, "366", "Days after which full files go; 0 is never."),
  AUDIT_LOG_MAXBACKUP(
      "audit-log-maxbackup", Kind.NUMBER, "100", "Full files that are kept; 0 is all."),
  AUDIT_LOG_MAXSIZE(
      "audit-log-maxsize", Kind.NUMBER, "100", "Megabytes of a full file; 0 is no end."),
  AUDIT_LOG_FORMAT("audit-log-format", Kind.TEXT, "json", "json, or legacy: lines of text."),
  AUDIT_LOG_VERSION("audit-log-version", Kind.TEXT, "audit.k8s.io/v1", "Version of the events."),
  AUDIT_LOG_MODE("audit-log-mode", Kind.TEXT, "blocking", "batch, blocking or blocking-strict."),
  AUDIT_LOG_BATCH_BUFFER_SIZE(
      "audit-log-batch-buffer-size", Kind.NUMBER, "10000", "Events that may wait (batch)."),
  AUDIT_LOG_BATCH_MAX_SIZE("audit-log-batch-max-size", Kind.NUMBER, "1", "Events of one batch."),
  AUDIT_LOG_BATCH_MAX_WAIT(
      "audit-log-batch-max-wait", Kind.DURATION, "0s", "After which a smaller batch is written."),
  AUDIT_LOG_BATCH_THROTTLE_ENABLE(
      "audit-log-batch-throttle-enable", Kind.TRUTH, "false", "Whether batches are throttled."),
  AUDIT_LOG_BATCH_THROTTLE_QPS(
      "audit-log-batch-throttle-qps", Kind.FRACTION, "0", "Batches a second."),
  AUDIT_LOG_BATCH_THROTTLE_BURST(
      "audit-log-batch-throttle-burst", Kind.NUMBER, "0", "Batches at once."),
  AUDIT_LOG_TRUNCATE_ENABLED(
      "audit-log-truncate-enabled", Kind.TRUTH, "false", "Whether large events are cut."),
  AUDIT_LOG_TRUNCATE_MAX_BATCH_SIZE(
      "audit-log-truncate-max-batch-size", Kind.NUMBER, "10485760", "Bytes of one batch."),
  AUDIT_LOG_TRUNCATE_MAX_EVENT_SIZE(
      "audit-log-truncate-max-event-size", Kind.NUMBER, "102400", "Bytes of one event."),
  AUDIT_WEBHOOK_CONFIG_FILE(
      "audit-webhook-config-file", Kind.FILE, "", "Kubeconfig of a server for audit events."),
  AUDIT_WEBHOOK_INITIAL_BACKOFF(
      "audit-webhook-initial-backoff", Kind.DURATION, "10s", "Wait before the second try."),
  AUDIT_WEBHOOK_VERSION(
      "audit-webhook-version", Kind.TEXT, "audit.k8s.io/v1", "Version of the events."),
  AUDIT_WEBHOOK_MODE(
      "audit-webhook-mode", Kind.TEXT, "batch", "batch, blocking or blocking-strict."),
  AUDIT_WEBHOOK_BATCH_BUFFER_SIZE(
      "audit-webhook-batch-buffer-size", Kind.NUMBER, "10000", "Events that may wait (batch)."),
  AUDIT_WEBHOOK_BATCH_MAX_SIZE(
      "audit-webhook-batch-max-size", Kind.NUMBER, "400", "Events of one batch."),
  AUDIT_WEBHOOK_BATCH_MAX_WAIT(
      "audit-webhook-batch-max-wait", Kind.DURATION, "30s", "After which a smaller batch is sent."),
  AUDIT_WEBHOOK_BATCH_THROTTLE_ENABLE(
      "audit-webhook-batch-throttle-enable", Kind.TRUTH, "true", "Whether batches are throttled."),
  AUDIT_WEBHOOK_BATCH_THROTTLE_QPS(
      "audit-webhook-batch-throttle-qps", Kind.FRACTION, "10", "Batches a second."),
  AUDIT_WEBHOOK_BATCH_THROTTLE_BURST(
      "audit-webhook-batch-throttle-burst", Kind.NUMBER, "15", "Batches at once."),
  AUDIT_WEBHOOK_TRUNCATE_ENABLED(
      "audit-webhook-truncate-enabled", Kind.TRUTH, "false", "Whether large events are cut."),
  AUDIT_WEBHOOK_TRUNCATE_MAX_BATCH_SIZE(
      "audit-webhook-truncate-max-batch-size", Kind.NUMBER, "10485760", "Bytes of one batch."),
  AUDIT_WEBHOOK_TRUNCATE_MAX_EVENT_SIZE(
      "audit-webhook-truncate-max-event-size", Kind.NUMBER, "102400", "Bytes of one event."),
  ANONYMOUS_AUTH(
      "anonymous-auth", Kind.TRUTH, "true", "Whether who shows nothing is let in as anonymous."),
  AUTHENTICATION_CONFIG(
      "authentication-config", Kind.FILE, "", "Issuers whose tokens are believed; the anonymous."),
  AUTHENTICATION_TOKEN_WEBHOOK_CONFIG_FILE(
      "authentication-token-webhook-config-file",
      Kind.FILE,
      "",
      "Kubeconfig of a server that judges tokens."),
  AUTHENTICATION_TOKEN_WEBHOOK_VERSION(
      "authentication-token-webhook-version", Kind.TEXT, "v1", "Version of the TokenReviews."),
  AUTHENTICATION_TOKEN_WEBHOOK_CACHE_TTL(
      "authentication-token-webhook-cache-ttl", Kind.DURATION, "2m0s", "How long it is believed."),
  ENABLE_BOOTSTRAP_TOKEN_AUTH(
      "enable-bootstrap-token-auth",
      Kind.TRUTH,
      "false",
      "Whether Secrets of type bootstrap.kubernetes.io/token let machines join."),
  OIDC_ISSUER_URL("oidc-issuer-url", Kind.TEXT, "", "Issuer whose tokens are believed; https."),
  OIDC_CLIENT_ID("oidc-client-id", Kind.TEXT, "", "Audience that its tokens must have."),
  OIDC_CA_FILE("oidc-ca-file", Kind.FILE, "", "Authorities that sign its certificate."),
  OIDC_USERNAME_CLAIM("oidc-username-claim", Kind.TEXT, "sub", "Claim that names the user."),
  OIDC_USERNAME_PREFIX(
      "oidc-username-prefix", Kind.TEXT, "", "Put before names; - is nothing, else ISSUER#."),
  OIDC_GROUPS_CLAIM("oidc-groups-claim", Kind.TEXT, "", "Claim that names groups."),
  OIDC_GROUPS_PREFIX("oidc-groups-prefix", Kind.TEXT, "", "Put before groups."),
  OIDC_SIGNING_ALGS("oidc-signing-algs", Kind.LIST, "RS256", "Algorithms that sign tokens."),
  OIDC_REQUIRED_CLAIM("oidc-required-claim", Kind.LIST, "", "key=value that tokens must have."),
  TOKEN_AUTH_FILE("token-auth-file", Kind.FILE, "", "Users by token, as CSV.");

  private final String text;
  private final Kind kind;
  private final String standard;
  private final String description;

  ServerFlag(String text, Kind kind, String standard, String description) {
    this.text = text;
    this.kind = kind;
    this.standard = standard;
    this.description = description;
  }

  /** What a flag takes. */
  enum Kind {
    TEXT("TEXT", "", ".*"),
    FILE("FILE", "", ".*"),
    /** A file, or a dash for the output. */
    OUTPUT("FILE", "", ".*"),
    NUMBER("NUMBER", "a whole number", "-?[0-9]{1,18}"),
    FRACTION("NUMBER", "a number", "-?[0-9]{1,18}(\\.[0-9]{1,18})?"),
    DURATION(
        "DURATION",
        "a duration, such as 1m30s",
        "-?(0|([0-9]{1,18}(\\.[0-9]{1,9})?(ns|us|µs|ms|s|m|h)){1,9})"),
    TRUTH("true|false", "true or false", "1|t|T|TRUE|true|True|0|f|F|FALSE|false|False"),
    /** May be repeated, and holds several with commas between them. */
    LIST("TEXT,...", "", ".*"),
    /** May be repeated. */
    FILES("FILE", "", ".*");

    private final String label;
    private final String words;
    private final Predicate<String> takes;

    Kind(String label, String words, String pattern) {
      this.label = label;
      this.words = words;
      takes = Pattern.compile(pattern, Pattern.DOTALL).asMatchPredicate();
    }

    String label() {
      return label;
    }

    /** What it takes, for a message. */
    String words() {
      return words;
    }

    boolean takes(String value) {
      return takes.test(value);
    }

    boolean isFile() {
      return this == FILE || this == OUTPUT || this == FILES;
    }

    boolean repeats() {
      return this == LIST || this == FILES;
    }
  }

  /** As the command line has it, with its dashes. */
  public String text() {
    return "--" + text;
  }

  Kind kind() {
    return kind;
  }

  /** What holds when it is not given. */
  public String standard() {
    return standard;
  }

  String description() {
    boolean off = kind == Kind.TRUTH && standard.equals("false");
    return standard.isEmpty() || off ? description : description + " Default: " + standard + ".";
  }
}
