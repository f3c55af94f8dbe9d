package io.tiphys.cel.check;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands for type parameters, and whether types fit one another (cel-go's checker/types.go).
 */
final class Substitutions {
  private Map<String, CelType> known = new HashMap<>();

  void add(CelType parameter, CelType type) {
    known.put(parameter.name(), type);
  }

  private @Nullable CelType find(CelType type) {
    return type.kind() == Kind.TYPE_PARAMETER ? known.get(type.name()) : null;
  }

  /** Whether one type fits another; what that says of parameters is kept if it does. */
  boolean assign(CelType left, CelType right) {
    return assign(List.of(left), List.of(right));
  }

  boolean assign(List<CelType> left, List<CelType> right) {
    Map<String, CelType> before = new HashMap<>(known);
    if (fit(left, right)) {
      return true;
    }
    known = before;
    return false;
  }

  private boolean fit(List<CelType> left, List<CelType> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!fits(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(CelType left, CelType right) {
    if (right.kind() == Kind.TYPE_PARAMETER) {
      boolean hadSubstitution = known.containsKey(right.name()) || left.equals(right);
      if (stands(left, right)) {
        return true;
      }
      if (hadSubstitution) {
        return false;
      }
    }
    if (left.kind() == Kind.TYPE_PARAMETER) {
      return stands(right, left);
    }
    if (isAnything(left) || isAnything(right)) {
      return true;
    }
    if (left.kind() == Kind.NULL) {
      return isNullable(right);
    }
    if (right.kind() == Kind.NULL) {
      return isNullable(left);
    }
    return switch (left.kind()) {
      case BOOL, BYTES, DOUBLE, INT, STRING, UINT, ANY, DURATION, TIMESTAMP, STRUCT ->
          right.accepts(left);
      case TYPE -> right.kind() == Kind.TYPE;
      case OPAQUE, LIST, MAP ->
          left.kind() == right.kind()
              && left.name().equals(right.name())
              && fit(left.parameters(), right.parameters());
      default -> false;
    };
  }

  private static boolean isAnything(CelType type) {
    return type.isDyn() || type.isError();
  }

  private static boolean isNullable(CelType type) {
    return switch (type.kind()) {
      case OPAQUE, STRUCT, ANY, DURATION, TIMESTAMP, NULL -> true;
      default -> false;
    };
  }

  /** Whether a type may stand for a parameter. */
  private boolean stands(CelType type, CelType parameter) {
    if (type.equals(parameter)) {
      return true;
    }
    CelType present = find(parameter);
    if (present != null) {
      if (type.equals(present)) {
        return true;
      }
      if (!fits(type, present)) {
        return false;
      }
      CelType general = moreGeneral(type, present);
      if (isNotWithin(parameter, general)) {
        add(parameter, general);
      }
      return true;
    }
    if (isNotWithin(parameter, type)) {
      add(parameter, type);
      return true;
    }
    return false;
  }

  static CelType moreGeneral(CelType left, CelType right) {
    return isNoMoreSpecific(left, right) ? left : right;
  }

  private static boolean isNoMoreSpecific(CelType left, CelType right) {
    if (left.isDyn() || left.kind() == Kind.TYPE_PARAMETER) {
      return true;
    }
    if (right.isDyn() || right.kind() == Kind.TYPE_PARAMETER || left.kind() != right.kind()) {
      return false;
    }
    return switch (left.kind()) {
      case OPAQUE, LIST, MAP -> {
        boolean same =
            left.name().equals(right.name())
                && left.parameters().size() == right.parameters().size();
        for (int i = 0; same && i < left.parameters().size(); i++) {
          same = isNoMoreSpecific(left.parameters().get(i), right.parameters().get(i));
        }
        yield same;
      }
      case TYPE -> true;
      default -> left.equals(right);
    };
  }

  /** A type that holds itself would have no end. */
  private boolean isNotWithin(CelType type, CelType within) {
    if (type.equals(within)) {
      return false;
    }
    return switch (within.kind()) {
      case TYPE_PARAMETER -> {
        CelType present = find(within);
        yield present == null || isNotWithin(type, present);
      }
      case OPAQUE, LIST, MAP, TYPE ->
          within.parameters().stream().allMatch(each -> isNotWithin(type, each));
      default -> true;
    };
  }

  /**
   * A type with what is known of its parameters.
   *
   * @param unknownToDyn whether parameters of which nothing is known may be anything
   */
  CelType apply(CelType type, boolean unknownToDyn) {
    CelType present = find(type);
    if (present != null) {
      return apply(present, unknownToDyn);
    }
    if (type.kind() == Kind.TYPE_PARAMETER) {
      return unknownToDyn ? CelType.DYN : type;
    }
    if (type.parameters().isEmpty()) {
      return type;
    }
    List<CelType> parameters = new ArrayList<>();
    type.parameters().forEach(each -> parameters.add(apply(each, unknownToDyn)));
    return new CelType(type.kind(), type.name(), parameters);
  }
}
