package io.tiphys.api;

/**
 * A kind whose schema may have changed since an object was stored: what is read from the store is
 * completed by what the schema says now.
 */
public interface EvolvingType<T> extends ObjectType<T> {
  /** The object with what the schema fills in and without what it forbids. */
  T complete(T object);
}
