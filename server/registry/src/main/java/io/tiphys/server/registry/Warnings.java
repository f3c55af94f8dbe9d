package io.tiphys.server.registry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the client should hear beside the answer: each thing once, within upstream's bounds. Checked
 * against apiserver/pkg/endpoints/filters/warning.go.
 */
public final class Warnings {
  /** Upstream's truncateAtTotalRunes: headers must fit where clients read them. */
  private static final int MAX_CHARACTERS = 4 * 1024;

  /** Upstream's truncateItemRunes: beyond the whole bound, each is cut to this. */
  private static final int MAX_CUT_CHARACTERS = 256;

  /** More than ever fit when cut, one character each. */
  private static final int MAX_MESSAGES = MAX_CHARACTERS;

  private final Set<String> messages = new LinkedHashSet<>();
  private final boolean heard;

  public Warnings() {
    this(true);
  }

  private Warnings(boolean heard) {
    this.heard = heard;
  }

  /** Of a writer within this process, who reads no headers. */
  static Warnings unheard() {
    return new Warnings(false);
  }

  /** Whether it is worth while to look for something to say. */
  boolean heard() {
    return heard;
  }

  void add(String message) {
    if (heard && !message.isEmpty() && messages.size() < MAX_MESSAGES) {
      messages.add(message);
    }
  }

  void addAll(List<String> more) {
    more.forEach(this::add);
  }

  void addAll(Warnings more) {
    more.messages.forEach(this::add);
  }

  /** As they are told: all of them whole, or each cut and no more than fit. */
  public List<String> messages() {
    long total = messages.stream().filter(Warnings::isTold).mapToLong(Warnings::length).sum();
    List<String> told = new ArrayList<>();
    long written = 0;
    for (String message : messages) {
      if (!isTold(message)) {
        continue;
      }
      if (total <= MAX_CHARACTERS) {
        told.add(message);
      } else if (written < MAX_CHARACTERS) {
        String cut = cut(message);
        written += length(cut);
        told.add(cut);
      }
    }
    return told;
  }

  /** Headers have no control characters; upstream leaves out what has. */
  private static boolean isTold(String message) {
    return message.codePoints().noneMatch(Character::isISOControl);
  }

  private static int length(String message) {
    return message.codePointCount(0, message.length());
  }

  private static String cut(String message) {
    return length(message) <= MAX_CUT_CHARACTERS
        ? message
        : message.substring(0, message.offsetByCodePoints(0, MAX_CUT_CHARACTERS));
  }
}
