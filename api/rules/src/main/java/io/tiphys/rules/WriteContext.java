package io.tiphys.rules;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The circumstances of a write that some kinds record: the caller and the time. */
public record WriteContext(
    String user, String uid, List<String> groups, Map<String, List<String>> extra, Instant now) {}
