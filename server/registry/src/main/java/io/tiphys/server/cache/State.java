package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import java.util.function.Predicate;

/** All objects of one resource at one revision, to be listed in order of their keys. */
interface State<S extends ApiObject> {
  long revision();

  /** Calls {@code visitor} in order of the keys, from {@code from} on, until it answers false. */
  void scan(String from, String to, Predicate<Cached<S>> visitor);

  /** How many there are with {@code from <= key < to}; an empty {@code to} is the end. */
  long count(String from, String to);
}
