package io.tiphys.server.registry;

/** What becomes of fields that a kind does not have, and of fields given twice. */
public enum FieldValidation {
  IGNORE,
  WARN,
  STRICT
}
