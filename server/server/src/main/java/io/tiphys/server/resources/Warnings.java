package io.tiphys.server.resources;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the client should hear beside the answer: each thing once, up to upstream's bound. */
public final class Warnings {
  /** Upstream's truncateAtTotalRunes: headers must fit where clients read them. */
  private static final int MAX_CHARACTERS = 4096;

  private final Set<String> messages = new LinkedHashSet<>();
  private int characters;

  void add(String message) {
    if (!message.isEmpty() && characters + message.length() <= MAX_CHARACTERS) {
      if (messages.add(message)) {
        characters += message.length();
      }
    }
  }

  void addAll(List<String> more) {
    more.forEach(this::add);
  }

  public List<String> messages() {
    return List.copyOf(messages);
  }
}
