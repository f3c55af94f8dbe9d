package io.tiphys.rules;

import io.tiphys.meta.Names;
import java.util.List;

/** What a name may look like: the messages of what is wrong with one. */
@FunctionalInterface
public interface NameRule {
  /** The messages for {@code name}; none when it is good. */
  List<String> check(String name);

  /** Any name that can stand in a URL's path. */
  NameRule PATH_SEGMENT =
      new NameRule() {
        @Override
        public List<String> check(String name) {
          return Names.pathSegmentName(name);
        }

        @Override
        public List<String> checkPrefix(String prefix) {
          return Names.pathSegmentPrefix(prefix);
        }
      };

  NameRule DNS_LABEL = Names::dns1123Label;
  NameRule DNS_SUBDOMAIN = Names::dns1123Subdomain;

  /** Checks a {@code generateName}: something will follow a trailing dash. */
  default List<String> checkPrefix(String prefix) {
    return Names.asPrefix(prefix, this::check);
  }
}
