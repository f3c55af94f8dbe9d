package io.tiphys.server.admission;

/** What is about to happen to an object. */
public enum Operation {
  CREATE,
  UPDATE,
  DELETE,
  CONNECT
}
