package io.tiphys.cel.type;

/** What sort of type a type is. */
public enum Kind {
  ANY,
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  ERROR,
  INT,
  LIST,
  MAP,
  NULL,
  OPAQUE,
  STRING,
  STRUCT,
  TIMESTAMP,
  TYPE,
  TYPE_PARAMETER,
  UINT
}
