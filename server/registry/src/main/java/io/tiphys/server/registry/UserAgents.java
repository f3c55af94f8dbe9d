package io.tiphys.server.registry;

import io.tiphys.rules.ObjectMetaRules;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writers that do not name themselves are known by their user agent; handlers/create.go. */
final class UserAgents {
  private UserAgents() {}

  /** What stands before the first slash, as far as it is printable and fits a manager's name. */
  static String manager(@Nullable String userAgent) {
    if (userAgent == null) {
      return "";
    }
    int slash = userAgent.indexOf('/');
    String name = slash < 0 ? userAgent : userAgent.substring(0, slash);
    StringBuilder manager = new StringBuilder();
    int bytes = 0;
    for (int c : name.codePoints().toArray()) {
      if (Character.isISOControl(c)) {
        continue;
      }
      bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
      if (bytes > ObjectMetaRules.MAX_FIELD_MANAGER_LENGTH) {
        break;
      }
      manager.appendCodePoint(c);
    }
    return manager.toString();
  }
}
