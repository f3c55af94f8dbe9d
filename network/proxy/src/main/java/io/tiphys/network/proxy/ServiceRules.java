package io.tiphys.network.proxy;

import io.tiphys.network.proxy.Endpoints.Target;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
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
 * @param udp who may answer flows of UDP, which the kernel goes on rewriting as it began
 */
record ServiceRules(
    SortedMap<String, List<String>> chains,
    SortedMap<Element, String> elements,
    SortedSet<String> affinities,
    SortedMap<Element, Set<Target>> udp) {
  static final ServiceRules NONE =
      new ServiceRules(new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), new TreeMap<>());

  ServiceRules {
    chains = Collections.unmodifiableSortedMap(chains);
    elements = Collections.unmodifiableSortedMap(elements);
    affinities = Collections.unmodifiableSortedSet(affinities);
    udp = Collections.unmodifiableSortedMap(udp);
  }

  /** All together. Where two services claim one address and port the earlier keeps it. */
  static ServiceRules merge(Iterable<ServiceRules> all) {
    NavigableMap<String, List<String>> chains = new TreeMap<>();
    NavigableMap<Element, String> elements = new TreeMap<>();
    NavigableSet<String> affinities = new TreeSet<>();
    NavigableMap<Element, Set<Target>> udp = new TreeMap<>();
    for (ServiceRules each : all) {
      chains.putAll(each.chains);
      each.elements.forEach(elements::putIfAbsent);
      affinities.addAll(each.affinities);
      each.udp.forEach(udp::putIfAbsent);
    }
    return new ServiceRules(chains, elements, affinities, udp);
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
    private final NavigableMap<String, List<String>> chains = new TreeMap<>();
    private final NavigableMap<Element, String> elements = new TreeMap<>();
    private final NavigableSet<String> affinities = new TreeSet<>();
    private final NavigableMap<Element, Set<Target>> udp = new TreeMap<>();

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

    Builder udp(Lookup lookup, String key, Set<Target> answerers) {
      udp.putIfAbsent(new Element(lookup, key), Set.copyOf(answerers));
      return this;
    }

    ServiceRules build() {
      return new ServiceRules(chains, elements, affinities, udp);
    }
  }
}
