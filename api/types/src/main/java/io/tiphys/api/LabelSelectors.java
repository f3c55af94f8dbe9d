package io.tiphys.api;

import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.LabelSelectorRequirement;
import io.tiphys.meta.selector.Requirement;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From the selectors that objects carry to those that match. */
public final class LabelSelectors {
  private LabelSelectors() {}

  /**
   * An absent selector matches nothing, an empty one everything; checked against
   * LabelSelectorAsSelector in apimachinery/pkg/apis/meta/v1/helpers.go.
   *
   * @throws io.tiphys.meta.selector.SelectorException when a requirement is not a valid one
   */
  public static Selector of(@Nullable LabelSelector selector) {
    if (selector == null) {
      return Selector.NOTHING;
    }
    List<Requirement> expressions = new ArrayList<>();
    for (LabelSelectorRequirement wanted : selector.matchExpressions()) {
      expressions.add(Selector.expression(wanted.key(), wanted.operator(), wanted.values()));
    }
    return Selector.ofMatch(selector.matchLabels(), expressions);
  }
}
