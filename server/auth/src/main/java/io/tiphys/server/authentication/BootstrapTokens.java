package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.core.v1.Secret;
import io.tiphys.base.Clock;
import io.tiphys.codec.Bytes;
import io.tiphys.server.http.User;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that let a machine join, kept in Secrets of kube-system. Checked against
 * plugin/pkg/auth/authenticator/token/bootstrap and cluster-bootstrap/token/util.
 */
public final class BootstrapTokens implements TokenAuthenticator {
  private static final Logger LOG = System.getLogger(BootstrapTokens.class.getName());
  private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
  private static final Pattern GROUP =
      Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");
  private static final String TYPE = "bootstrap.kubernetes.io/token";

  private final Secrets secrets;
  private final Clock clock;

  /** Where the Secrets are looked up. */
  @FunctionalInterface
  public interface Secrets {
    /** The Secret of kube-system with this name; null if there is none. */
    @Nullable Secret find(String name);
  }

  public BootstrapTokens(Secrets secrets, Clock clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public Judgement authenticate(String token, List<String> audiences) {
    Matcher matcher = TOKEN.matcher(token);
    if (!matcher.matches()) {
      return Judgement.OF_ANOTHER_SORT;
    }
    Secret secret = secrets.find("bootstrap-token-" + matcher.group(1));
    if (secret == null) {
      return Judgement.OF_ANOTHER_SORT;
    }
    String problem = problem(secret, matcher.group(1), matcher.group(2));
    if (!problem.isEmpty()) {
      LOG.log(Level.DEBUG, "bootstrap token {0} {1}", secret.metadata().name(), problem);
      return Judgement.OF_ANOTHER_SORT;
    }
    User user = new User("system:bootstrap:" + matcher.group(1), "", groups(secret), Map.of());
    return Judgement.ofApiServer(user, audiences);
  }

  /** Why the Secret makes nobody of this token; empty when it does. */
  private String problem(Secret secret, String id, String key) {
    if (secret.metadata().deletionTimestamp() != null) {
      return "is deleted and awaiting removal";
    }
    if (!secret.type_().equals(TYPE)) {
      return "has invalid type, expected " + TYPE + ".";
    }
    byte[] held = data(secret, "token-secret").getBytes(UTF_8);
    // In constant time, so that nobody learns it letter by letter.
    if (!MessageDigest.isEqual(held, key.getBytes(UTF_8))) {
      return "has invalid value for key token-secret.";
    }
    if (!data(secret, "token-id").equals(id)) {
      return "has invalid value for key token-id.";
    }
    if (isExpired(data(secret, "expiration"))) {
      return "has expired";
    }
    if (!data(secret, "usage-bootstrap-authentication").equals("true")) {
      return "not marked usage-bootstrap-authentication=true.";
    }
    return furtherGroups(secret).stream().allMatch(group -> GROUP.matcher(group).matches())
        ? ""
        : "has invalid value for key auth-extra-groups";
  }

  /** A time that cannot be read is over. */
  private boolean isExpired(String expiration) {
    if (expiration.isEmpty()) {
      return false;
    }
    try {
      return !OffsetDateTime.parse(expiration).toInstant().isAfter(clock.now());
    } catch (DateTimeException e) {
      return true;
    }
  }

  /** The group of all machines that join, and those that the Secret adds, in order. */
  private static List<String> groups(Secret secret) {
    Set<String> groups = new TreeSet<>(furtherGroups(secret));
    groups.add("system:bootstrappers");
    return List.copyOf(groups);
  }

  private static List<String> furtherGroups(Secret secret) {
    String further = data(secret, "auth-extra-groups");
    return further.isEmpty() ? List.of() : List.of(further.split(",", -1));
  }

  private static String data(Secret secret, String key) {
    Bytes value = secret.data().get(key);
    return value == null ? "" : new String(value.toByteArray(), UTF_8);
  }
}
