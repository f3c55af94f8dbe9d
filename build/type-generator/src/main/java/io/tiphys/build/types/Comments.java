package io.tiphys.build.types;

import com.google.protobuf.Descriptors.GenericDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comments of the API's fields, from the sources of client-java-proto: the models' annotations
 * have none where a field is a struct, and have lost the paragraphs of the others.
 */
final class Comments {
  private static final Pattern MESSAGE = Pattern.compile("interface_extends:([\\w.]+)\\)");
  private static final Pattern TYPE = Pattern.compile("Protobuf type \\{@code ([\\w.]+)}");
  private static final Pattern FIELD = Pattern.compile("<code>.* (\\w+) = \\d+.*</code>");

  /** By the full name of the message or field in protobuf. */
  private final Map<String, String> texts = new HashMap<>();

  Comments(Packages packages) {
    for (ApiPackage pkg : packages.all()) {
      if (pkg.hasDescriptors()) {
        String source = "/io/kubernetes/client/proto/" + pkg.descriptors() + ".java";
        try (InputStream in = Comments.class.getResourceAsStream(source)) {
          if (in == null) {
            throw new IllegalStateException("no sources of client-java-proto on the class path");
          }
          read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /**
   * The description of a message or field.
   *
   * @param annotated what the model's annotation says; it knows where paragraphs begin, which the
   *     comments of the .proto files do not: two spaces where the comment has one
   */
  String of(@Nullable GenericDescriptor subject, String annotated) {
    String comment = subject == null ? "" : texts.getOrDefault(subject.getFullName(), "");
    if (comment.isEmpty() || annotated.isEmpty()) {
      return comment.isEmpty() ? annotated : comment;
    }
    StringBuilder merged = new StringBuilder();
    int at = 0;
    for (int i = 0; i < comment.length(); i++) {
      char c = comment.charAt(i);
      if (!Character.isWhitespace(c)) {
        if (at == annotated.length() || annotated.charAt(at++) != c) {
          return comment;
        }
        merged.append(c);
        continue;
      }
      int end = i + 1;
      while (end < comment.length() && Character.isWhitespace(comment.charAt(end))) {
        end++;
      }
      int spaces = 0;
      while (at < annotated.length() && Character.isWhitespace(annotated.charAt(at))) {
        at++;
        spaces++;
      }
      merged.append(between(comment.substring(i, end), spaces));
      i = end - 1;
    }
    return merged.toString();
  }

  /** The space between two words, given as many newlines as the annotation has room for. */
  private static String between(String space, int length) {
    if (space.length() >= length) {
      return space;
    }
    String indentation = space.equals(" ") ? "" : space.substring(space.lastIndexOf('\n') + 1);
    return "\n".repeat(length - indentation.length()) + indentation;
  }

  private void read(BufferedReader source) throws IOException {
    String message = "";
    StringBuilder comment = new StringBuilder();
    boolean inside = false;
    for (String line = source.readLine(); line != null; line = source.readLine()) {
      if (line.endsWith("* <pre>")) {
        comment.setLength(0);
        inside = true;
      } else if (line.endsWith("* </pre>")) {
        inside = false;
      } else if (inside) {
        int margin = line.indexOf("* ");
        comment.append(margin < 0 ? "" : line.substring(margin + 2));
        comment.append('\n');
      } else if (line.contains("interface_extends:")) {
        Matcher found = MESSAGE.matcher(line);
        message = found.find() ? found.group(1) : "";
      } else if (!comment.isEmpty() && line.contains("Protobuf type")) {
        Matcher found = TYPE.matcher(line);
        if (found.find()) {
          texts.putIfAbsent(found.group(1), prose(plain(comment.toString())));
        }
        comment.setLength(0);
      } else if (!comment.isEmpty() && line.contains("<code>")) {
        Matcher found = FIELD.matcher(line);
        if (found.find()) {
          texts.computeIfAbsent(
              message + "." + found.group(1), _ -> prose(plain(comment.toString())));
        }
        comment.setLength(0);
      }
    }
  }

  /** What protoc escapes in Javadoc. */
  private static String plain(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#64;", "@")
        .replace("&#47;", "/")
        .replace("&#42;", "*")
        .replace("&#92;", "\\")
        .replace("&amp;", "&");
  }

  /**
   * A comment as OpenAPI documents have it: markers and remarks to developers left out, the lines
   * of a paragraph joined, indented lines kept. Checked against the descriptions of upstream's
   * api/openapi-spec/swagger.json.
   */
  private static String prose(String comment) {
    StringBuilder prose = new StringBuilder();
    for (String raw : comment.split("\n")) {
      String line = raw.stripTrailing();
      String content = line.stripLeading();
      if (content.equals("---")) {
        break;
      }
      if (content.startsWith("TO" + "DO") || content.startsWith("+")) {
        continue;
      }
      boolean apart = line.isEmpty() || line.length() > content.length();
      if (apart && !prose.isEmpty()) {
        prose.setLength(prose.length() - 1);
      }
      if (line.isEmpty()) {
        prose.append("\n\n");
      } else if (apart) {
        prose.append('\n').append(line).append('\n');
      } else {
        prose.append(line).append(' ');
      }
    }
    return prose.toString().strip();
  }
}
