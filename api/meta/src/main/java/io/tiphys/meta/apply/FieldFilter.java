package io.tiphys.meta.apply;

import java.util.List;

/**
 * Which fields an endpoint lets its callers own. Fields that a strategy resets, such as the status
 * on the main resource, are nobody's there.
 *
 * <p>Checked against excludeFilter and includeMatcherFilter in
 * structured-merge-diff/fieldpath/set.go.
 */
@FunctionalInterface
public interface FieldFilter {
  FieldFilter NONE = set -> set;

  FieldSet apply(FieldSet set);

  /** All but these fields and what is in them. */
  static FieldFilter excluding(FieldSet fields) {
    return set -> set.recursiveDifference(fields);
  }

  /** All but the fields at these paths of field names. */
  static FieldFilter excluding(List<List<String>> paths) {
    FieldSet fields = FieldSet.EMPTY;
    for (List<String> path : paths) {
      fields = fields.union(FieldSet.ofFields(path.toArray(String[]::new)));
    }
    return excluding(fields);
  }

  /**
   * Only the paths that begin with one of these; a star stands for any one element, such as any
   * container.
   */
  static FieldFilter including(List<List<String>> prefixes) {
    return set -> set.below(prefixes);
  }
}
