package io.tiphys.node.cri;

/** An environment variable. */
public record KeyValue(String key, String value) {}
