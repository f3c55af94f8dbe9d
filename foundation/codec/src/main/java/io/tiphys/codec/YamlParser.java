package io.tiphys.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds trees from the events of snakeyaml-engine. What a scalar means, what aliases may cost and
 * the words of refusals were checked against go.yaml.in/yaml/v2 (resolve.go, decode.go).
 */
final class YamlParser {
  /** As deep as a JSON tree may be. */
  private static final int MAX_DEPTH = ReadPath.MAX_DEPTH;

  /** A manifest of this size is no manifest; the server's body limit is far below. */
  private static final int MAX_CODE_POINTS = 64 << 20;

  // go-yaml's guard against documents that are small only until their aliases are followed: up to
  // the low count of values 99 in 100 may come of aliases, from the high count on 10 in 100.
  private static final double ALIAS_COUNT_LOW = 400_000;
  private static final double ALIAS_COUNT_HIGH = 4_000_000;

  private final Iterator<Event> events;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private final Set<Anchor> unfinished = new HashSet<>();
  private final List<String> duplicates = new ArrayList<>();
  private @Nullable Event peeked;
  private int depth;
  private long values;
  private long aliasedValues;

  /** A value to refer to, and how many values it consists of. */
  private record Anchored(Json value, long values) {}

  YamlParser(String text) {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(MAX_CODE_POINTS).setUseMarks(true).build();
    events = new Parse(settings).parseString(text).iterator();
  }

  /** Duplicate keys as go-yaml's strict decoder reports them: all of them in one text. */
  List<String> strictErrors() {
    return duplicates.isEmpty()
        ? List.of()
        : List.of("yaml: unmarshal errors:\n  " + String.join("\n  ", duplicates));
  }

  boolean hasDocument() {
    while (!(peek() instanceof DocumentStartEvent)) {
      if (peek() instanceof StreamEndEvent) {
        return false;
      }
      next();
    }
    return true;
  }

  Json document() {
    next();
    anchors.clear();
    return value();
  }

  private Json value() {
    Event event = next();
    if (event instanceof AliasEvent alias) {
      return aliased(alias.getAlias());
    }
    long before = values++;
    Anchor anchor = event instanceof NodeEvent node ? node.getAnchor().orElse(null) : null;
    if (anchor != null) {
      unfinished.add(anchor);
    }
    Json value =
        switch (event) {
          case MappingStartEvent _ -> mapping();
          case SequenceStartEvent _ -> sequence();
          case ScalarEvent scalar -> YamlScalar.resolve(scalar);
          default -> throw new CodecException("yaml: did not find expected node content");
        };
    if (anchor != null) {
      unfinished.remove(anchor);
      anchors.put(anchor, new Anchored(value, values - before));
    }
    return value;
  }

  private Json aliased(Anchor anchor) {
    if (unfinished.contains(anchor)) {
      throw new CodecException("yaml: anchor '" + anchor.getValue() + "' value contains itself");
    }
    Anchored target = anchors.get(anchor);
    if (target == null) {
      throw new CodecException("yaml: unknown anchor '" + anchor.getValue() + "' referenced");
    }
    values += target.values;
    aliasedValues += target.values;
    if (aliasedValues > 100
        && values > 1000
        && (double) aliasedValues / (double) values > allowedAliasShare(values)) {
      throw new CodecException("yaml: document contains excessive aliasing");
    }
    return target.value;
  }

  private static double allowedAliasShare(long values) {
    double above = ((double) values - ALIAS_COUNT_LOW) / (ALIAS_COUNT_HIGH - ALIAS_COUNT_LOW);
    return 0.99 - 0.89 * Math.clamp(above, 0, 1);
  }

  private Json sequence() {
    enter();
    List<Json> elements = new ArrayList<>();
    while (!(peek() instanceof SequenceEndEvent)) {
      elements.add(value());
    }
    leave();
    return new Json.Arr(elements);
  }

  private Json mapping() {
    enter();
    Json.Obj.Builder merged = Json.Obj.builder();
    Json.Obj.Builder members = Json.Obj.builder();
    Set<String> names = new HashSet<>();
    while (!(peek() instanceof MappingEndEvent)) {
      if (peek() instanceof ScalarEvent key && YamlScalar.isMerge(key)) {
        next();
        merge(value(), merged);
        continue;
      }
      String name = YamlScalar.keyText(value());
      int line = line(peek().getStartMark());
      if (!names.add(name)) {
        duplicates.add(
            "line " + (line + 1) + ": key " + GoText.quote(name) + " already set in map");
      }
      members.put(name, value());
    }
    leave();
    return merged.putAll(members.build()).build();
  }

  /** Adds what {@code <<} refers to; of several mappings the first to name a key counts. */
  private static void merge(Json source, Json.Obj.Builder merged) {
    List<Json> sources =
        switch (source) {
          case Json.Obj one -> List.of(one);
          case Json.Arr many -> many.elements().reversed();
          default -> List.of(Json.Null.NULL);
        };
    for (Json next : sources) {
      if (!(next instanceof Json.Obj mapping)) {
        throw new CodecException("yaml: map merge requires map or sequence of maps as the value");
      }
      merged.putAll(mapping);
    }
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new CodecException("yaml: exceeded max depth of " + MAX_DEPTH);
    }
  }

  private void leave() {
    next();
    depth--;
  }

  private Event peek() {
    if (peeked == null) {
      try {
        peeked = events.next();
      } catch (MarkedYamlEngineException e) {
        throw refuse(e);
      } catch (YamlEngineException e) {
        String message = String.valueOf(e.getMessage());
        throw new CodecException(
            message.startsWith("special characters")
                ? "yaml: control characters are not allowed"
                : "yaml: " + message);
      }
    }
    return peeked;
  }

  private Event next() {
    Event event = peek();
    peeked = null;
    return event;
  }

  /** A syntax error with its line as go-yaml counts it: errors of its parser lag by one. */
  private static CodecException refuse(MarkedYamlEngineException e) {
    int line = line(e.getProblemMark());
    if (line != 0) {
      line += e instanceof ParserException ? 0 : 1;
    } else {
      line = line(e.getContextMark());
    }
    String where = line == 0 ? "" : "line " + line + ": ";
    return new CodecException("yaml: " + where + problem(e));
  }

  private static String problem(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    String context = String.valueOf(e.getContext());
    if (problem.endsWith(" are not allowed here")) {
      String what = problem.startsWith("sequence entries") ? "block " + problem : problem;
      return what.replace("allowed here", "allowed in this context");
    }
    if (problem.startsWith("found character") && problem.contains("cannot start any token")) {
      return "found character that cannot start any token";
    }
    if (problem.startsWith("found unknown escape character")) {
      return "found unknown escape character";
    }
    if (!problem.startsWith("expected")) {
      return problem;
    }
    if (problem.contains("node content")) {
      return "did not find expected node content";
    }
    if (problem.contains("document start")) {
      return "did not find expected <document start>";
    }
    return expectation(problem, context);
  }

  private static String expectation(String problem, String context) {
    if (context.contains("block mapping")) {
      return "did not find expected key";
    }
    if (context.contains("block collection") || context.contains("block sequence")) {
      return "did not find expected '-' indicator";
    }
    if (context.contains("flow sequence")) {
      return "did not find expected ',' or ']'";
    }
    return context.contains("flow mapping") ? "did not find expected ',' or '}'" : problem;
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(Mark::getLine).orElse(0);
  }
}
