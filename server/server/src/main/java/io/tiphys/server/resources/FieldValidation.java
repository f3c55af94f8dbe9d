package io.tiphys.server.resources;

/** What becomes of fields that a kind does not have, and of fields given twice. */
public enum FieldValidation {
  IGNORE,
  WARN,
  STRICT
}
