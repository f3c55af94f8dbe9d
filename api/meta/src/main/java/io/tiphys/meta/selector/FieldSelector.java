package io.tiphys.meta.selector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Conditions on the values of a few fields, all of which must hold.
 *
 * <p>Checked against apimachinery/pkg/fields/selector.go.
 */
public record FieldSelector(List<Term> terms) {
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  /** One field that must have, or must not have, a value. */
  public record Term(String field, boolean equal, String value) {
    boolean matches(UnaryOperator<String> fields) {
      return fields.apply(field).equals(value) == equal;
    }

    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escape(value);
    }
  }

  public FieldSelector {
    terms = List.copyOf(terms);
  }

  /** Only the objects whose field has this value. */
  public static FieldSelector equal(String field, String value) {
    return new FieldSelector(List.of(new Term(field, true, value)));
  }

  /**
   * Reads a query such as {@code spec.nodeName=n1,status.phase!=Running}.
   *
   * @throws SelectorException in upstream's words
   */
  public static FieldSelector parse(String text) {
    List<String> parts = split(text);
    Collections.sort(parts);
    List<Term> terms = new ArrayList<>();
    for (String part : parts) {
      if (!part.isEmpty()) {
        terms.add(term(part, text));
      }
    }
    return new FieldSelector(terms);
  }

  /** Parts between commas that no backslash precedes. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == ',') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Term term(String part, String whole) {
    for (int i = 0; i < part.length(); i++) {
      if (part.startsWith("!=", i)) {
        return new Term(part.substring(0, i), false, unescape(part.substring(i + 2)));
      }
      if (part.charAt(i) == '=') {
        int value = part.startsWith("==", i) ? i + 2 : i + 1;
        return new Term(part.substring(0, i), true, unescape(part.substring(value)));
      }
    }
    throw new SelectorException(
        "invalid selector: '" + whole + "'; can't understand '" + part + "'");
  }

  /** A value as it must be written in a query. */
  public static String escape(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  private static String unescape(String text) {
    StringBuilder value = new StringBuilder(text.length());
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean special = c == '\\' || c == ',' || c == '=';
      if (escaped) {
        if (!special) {
          throw invalidEscape("\\" + Character.toString(text.codePointAt(i)));
        }
        value.append(c);
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (special) {
        throw new SelectorException(
            "invalid field selector: unescaped character in value: " + (int) c);
      } else {
        value.append(c);
      }
    }
    if (escaped) {
      throw invalidEscape("\\");
    }
    return value.toString();
  }

  private static SelectorException invalidEscape(String sequence) {
    return new SelectorException("invalid field selector: invalid escape sequence: " + sequence);
  }

  /**
   * Whether all terms hold.
   *
   * @param fields gives the value of a field, empty if there is none
   */
  public boolean matches(UnaryOperator<String> fields) {
    for (Term term : terms) {
      if (!term.matches(fields)) {
        return false;
      }
    }
    return true;
  }

  public boolean isEmpty() {
    return terms.isEmpty();
  }

  /** The only value that a field may have, if the selector demands one. */
  public Optional<String> exactMatch(String field) {
    for (Term term : terms) {
      if (term.equal && term.field.equals(field)) {
        return Optional.of(term.value);
      }
    }
    return Optional.empty();
  }

  /** The terms of both. */
  public FieldSelector and(FieldSelector other) {
    List<Term> all = new ArrayList<>(terms);
    all.addAll(other.terms);
    return new FieldSelector(all);
  }

  @Override
  public String toString() {
    return String.join(",", terms.stream().map(Term::toString).toList());
  }
}
