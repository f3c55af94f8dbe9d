package io.tiphys.linux;

import java.nio.file.Path;
import java.util.List;

/**
 * One line of {@code /proc/self/mountinfo}.
 *
 * @param root the part of the file system that is mounted
 * @param propagation the optional fields, such as {@code shared:12}
 */
public record Mount(
    int id,
    int parentId,
    String device,
    String root,
    Path target,
    List<String> options,
    List<String> propagation,
    String type,
    String source,
    List<String> superOptions) {
  public Mount {
    options = List.copyOf(options);
    propagation = List.copyOf(propagation);
    superOptions = List.copyOf(superOptions);
  }

  /** Reads a line, see proc_pid_mountinfo(5). */
  static Mount parse(String line) {
    String[] words = line.split(" ");
    int dash = 6;
    while (!words[dash].equals("-")) {
      dash++;
    }
    return new Mount(
        Integer.parseInt(words[0]),
        Integer.parseInt(words[1]),
        words[2],
        unescape(words[3]),
        Path.of(unescape(words[4])),
        List.of(words[5].split(",")),
        List.of(words).subList(6, dash),
        words[dash + 1],
        unescape(words[dash + 2]),
        List.of(words[dash + 3].split(",")));
  }

  /** The kernel writes space, tab, newline and backslash as three octal digits. */
  private static String unescape(String word) {
    if (word.indexOf('\\') < 0) {
      return word;
    }
    StringBuilder out = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\\' && i + 3 < word.length()) {
        out.append((char) Integer.parseInt(word.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
