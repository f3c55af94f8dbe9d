package io.tiphys.cel.value;

/** A value of a library's own type, or an object whose fields only functions reach. */
public non-sealed interface OpaqueValue extends Value {}
