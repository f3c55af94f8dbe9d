package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.PodDNSConfig;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** How a pod finds names; checked against validatePodDNSConfig. */
final class DnsValidation {
  static final List<String> POLICIES =
      List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");

  /** Upstream's limits, which are those of Linux' resolver. */
  private static final int MAX_NAMESERVERS = 3;

  private static final int MAX_SEARCH_PATHS = 32;
  private static final int MAX_SEARCH_LENGTH = 2048;
  private final Checks checks;

  DnsValidation(Checks checks) {
    this.checks = checks;
  }

  void check(PodSpec spec, FieldPath path) {
    PodDNSConfig config = spec.dnsConfig();
    FieldPath at = path.child("dnsConfig");
    if (spec.dnsPolicy().equals("None") && config == null) {
      checks.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
      return;
    }
    if (spec.dnsPolicy().equals("None") && config != null && config.nameservers().isEmpty()) {
      checks.required(
          at.child("nameservers"),
          "must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
    if (config == null) {
      return;
    }
    if (config.nameservers().size() > MAX_NAMESERVERS) {
      checks.invalid(
          at.child("nameservers"), config.nameservers(), "must not have more than 3 nameservers");
    }
    for (int i = 0; i < config.nameservers().size(); i++) {
      Addresses.ip(
          checks, at.child("nameservers").index(i), config.nameservers().get(i), List.of());
    }
    searches(config.searches(), at.child("searches"));
    for (int i = 0; i < config.options().size(); i++) {
      if (config.options().get(i).name().isEmpty()) {
        checks.required(at.child("options").index(i), "must not be empty");
      }
    }
  }

  private void searches(List<String> searches, FieldPath at) {
    if (searches.size() > MAX_SEARCH_PATHS) {
      checks.invalid(at, searches, "must not have more than 32 search paths");
    }
    if (String.join(" ", searches).length() > MAX_SEARCH_LENGTH) {
      checks.invalid(
          at,
          searches,
          "must not have more than 2048 characters (including spaces) in the search list");
    }
    for (int i = 0; i < searches.size(); i++) {
      String search = searches.get(i);
      if (!search.equals(".")) {
        String name = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
        checks.each(at.index(i), name, Names.dns1123SubdomainWithUnderscore(name));
      }
    }
  }
}
