package io.tiphys.network.proxy;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The part of the packet rules that one service, or all of them together, asks for.
 *
 * @param chains rules by chain, in nft's words
 * @param elements the verdict by place; an empty one in sets
 * @param affinities the sets that remember senders; a name ends in the seconds of memory
 */
record ServiceRules(
    SortedMap<String, List<String>> chains,
    SortedMap<Element, String> elements,
    SortedSet<String> affinities) {
  static final ServiceRules NONE =
      new ServiceRules(new TreeMap<>(), new TreeMap<>(), new TreeSet<>());

  ServiceRules {
    chains = Collections.unmodifiableSortedMap(chains);
    elements = Collections.unmodifiableSortedMap(elements);
    affinities = Collections.unmodifiableSortedSet(affinities);
  }

  /** All together. Where two services claim one address and port the earlier keeps it. */
  static ServiceRules merge(Iterable<ServiceRules> all) {
    SortedMap<String, List<String>> chains = new TreeMap<>();
    SortedMap<Element, String> elements = new TreeMap<>();
    SortedSet<String> affinities = new TreeSet<>();
    for (ServiceRules each : all) {
      chains.putAll(each.chains);
      each.elements.forEach(elements::putIfAbsent);
      affinities.addAll(each.affinities);
    }
    return new ServiceRules(chains, elements, affinities);
  }

  /** A place in one of the lookup tables. */
  record Element(Lookup lookup, String key) implements Comparable<Element> {
    @Override
    public int compareTo(Element other) {
      int byLookup = lookup.compareTo(other.lookup);
      return byLookup != 0 ? byLookup : key.compareTo(other.key);
    }
  }

  /** Gathers rules. */
  static final class Builder {
    private final SortedMap<String, List<String>> chains = new TreeMap<>();
    private final SortedMap<Element, String> elements = new TreeMap<>();
    private final SortedSet<String> affinities = new TreeSet<>();

    Builder chain(String name, List<String> rules) {
      chains.put(name, List.copyOf(rules));
      return this;
    }

    Builder element(Lookup lookup, String key, String verdict) {
      elements.putIfAbsent(new Element(lookup, key), verdict);
      return this;
    }

    Builder affinities(Set<String> names) {
      affinities.addAll(names);
      return this;
    }

    ServiceRules build() {
      return new ServiceRules(chains, elements, affinities);
    }
  }
}
