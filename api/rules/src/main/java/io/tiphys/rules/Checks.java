package io.tiphys.rules;

import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.LabelSelectorRequirement;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What was found wrong so far, with the questions that many kinds ask. Not thread-safe. */
public final class Checks {
  private static final Pattern HTTP_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");

  private final List<FieldError> errors = new ArrayList<>();

  public List<FieldError> errors() {
    return errors;
  }

  public void add(FieldError error) {
    errors.add(error);
  }

  public void addAll(List<FieldError> more) {
    errors.addAll(more);
  }

  public void required(FieldPath path) {
    required(path, "");
  }

  public void required(FieldPath path, String detail) {
    errors.add(FieldError.required(path, detail));
  }

  public void invalid(FieldPath path, @Nullable Object value, String detail) {
    errors.add(FieldError.invalid(path, value, detail));
  }

  /** What never changes; checked against ValidateImmutableField. */
  public void immutable(FieldPath path, @Nullable Object value, @Nullable Object before) {
    if (!Objects.equals(before, value)) {
      invalid(path, value, "field is immutable");
    }
  }

  public void forbidden(FieldPath path, String detail) {
    errors.add(FieldError.forbidden(path, detail));
  }

  /** One error for each of the messages. */
  public void each(FieldPath path, @Nullable Object value, List<String> messages) {
    messages.forEach(message -> invalid(path, value, message));
  }

  public void notNegative(FieldPath path, @Nullable Number value) {
    if (value != null && value.longValue() < 0) {
      invalid(path, value, "must be greater than or equal to 0");
    }
  }

  /** A value that must be there and be one of a few. */
  public void oneOf(FieldPath path, String value, List<String> known) {
    if (value.isEmpty()) {
      required(path);
    } else {
      supported(path, value, known);
    }
  }

  /** A value that, if it is there, must be one of a few. */
  public void supported(FieldPath path, @Nullable String value, List<String> known) {
    if (value != null && !known.contains(value)) {
      errors.add(FieldError.notSupported(path, value, known));
    }
  }

  /** A path behind a domain: {@code acme.io/foo}. Upstream's IsDomainPrefixedPath. */
  public void domainPrefixedPath(FieldPath path, String value) {
    int slash = value.indexOf('/');
    if (value.isEmpty()) {
      required(path);
    } else if (slash <= 0 || slash == value.length() - 1) {
      invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    } else {
      String host = value.substring(0, slash);
      String rest = value.substring(slash + 1);
      each(path, host, Names.dns1123Subdomain(host));
      if (!HTTP_PATH.matcher(rest).matches()) {
        invalid(path, rest, Names.problem("Invalid path", HTTP_PATH.pattern()));
      }
    }
  }

  public void portNumber(FieldPath path, int port) {
    each(path, port, Names.portNumber(port));
  }

  /** A port by its number or its name. */
  public void port(FieldPath path, IntOrString port) {
    switch (port) {
      case IntOrString.Int(int number) -> portNumber(path, number);
      case IntOrString.Text(String name) -> each(path, name, Names.portName(name));
    }
  }

  /** Checked against apimachinery/pkg/apis/meta/v1/validation: ValidateLabelSelector. */
  public void selector(FieldPath path, @Nullable LabelSelector selector) {
    if (selector == null) {
      return;
    }
    errors.addAll(
        ObjectMetaRules.validateLabels(selector.matchLabels(), path.child("matchLabels")));
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      expression(path.child("matchExpressions").index(i), selector.matchExpressions().get(i));
    }
  }

  private void expression(FieldPath path, LabelSelectorRequirement expression) {
    switch (expression.operator()) {
      case "In", "NotIn" -> {
        if (expression.values().isEmpty()) {
          required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!expression.values().isEmpty()) {
          forbidden(
              path.child("values"),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default ->
          invalid(path.child("operator"), expression.operator(), "not a valid selector operator");
    }
    each(path.child("key"), expression.key(), Names.qualifiedName(expression.key()));
    for (int i = 0; i < expression.values().size(); i++) {
      String value = expression.values().get(i);
      each(path.child("values").index(i), value, Names.labelValue(value));
    }
  }
}
