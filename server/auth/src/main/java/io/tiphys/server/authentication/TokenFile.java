package io.tiphys.server.authentication;

import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.http.User;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Users by token from a CSV file: token, name, uid, and groups with commas between them. Checked
 * against authentication/token/tokenfile of apiserver/pkg.
 */
public final class TokenFile {
  private static final Logger LOG = System.getLogger(TokenFile.class.getName());
  private static final int COLUMNS = 3;

  private final String text;
  private int at;

  private TokenFile(String text) {
    this.text = text;
  }

  /**
   * Reads the content of a file.
   *
   * @param file for messages
   * @throws ConfigurationException if a line has too few columns or quotes that do not end
   */
  public static Map<String, User> read(String file, String content) {
    TokenFile reader = new TokenFile(content);
    Map<String, User> users = new LinkedHashMap<>();
    int number = 0;
    for (List<String> row = reader.row(); !row.isEmpty(); row = reader.row()) {
      number++;
      if (row.size() < COLUMNS) {
        throw new ConfigurationException(
            "token file '%s' must have at least 3 columns (token, user name, user uid), found %d"
                .formatted(file, row.size()));
      }
      List<String> groups = row.size() > COLUMNS ? List.of(row.get(3).split(",", -1)) : List.of();
      if (row.getFirst().isEmpty()) {
        LOG.log(Level.WARNING, "empty token has been found in token file {0}, {1}", file, number);
      } else {
        users.put(row.getFirst(), new User(row.get(1), row.get(2), groups, Map.of()));
      }
    }
    return users;
  }

  /** The next line that is not empty; an empty list at the end. */
  private List<String> row() {
    while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
      at++;
    }
    List<String> row = new ArrayList<>();
    while (at < text.length()) {
      row.add(text.charAt(at) == '"' ? quoted() : plain());
      if (at >= text.length() || text.charAt(at) != ',') {
        break;
      }
      at++;
      if (at == text.length() || text.charAt(at) == '\n') {
        row.add("");
        break;
      }
    }
    return row;
  }

  private String plain() {
    int from = at;
    while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
      at++;
    }
    String value = text.substring(from, at);
    return value.endsWith("\r") ? value.substring(0, value.length() - 1) : value;
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        value.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        value.append('"');
        at++;
      } else {
        return value.toString();
      }
    }
    throw new ConfigurationException("parse error: extraneous or missing \" in quoted-field");
  }
}
