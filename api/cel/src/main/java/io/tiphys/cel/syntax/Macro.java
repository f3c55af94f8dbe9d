package io.tiphys.cel.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that the parser replaces.
 *
 * @param arguments how many it takes
 * @param member whether it stands behind a dot
 */
public record Macro(String function, int arguments, boolean member, Expansion expansion) {
  /** What a macro becomes. */
  @FunctionalInterface
  public interface Expansion {
    /**
     * @param target null unless it is a member
     * @return null where the call is to stay a call
     */
    @Nullable Expr expand(ExprFactory.At make, @Nullable Expr target, List<Expr> arguments)
        throws Refused;
  }

  /** A macro whose arguments are not what they must be. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int place;

    public Refused(Expr place, String message) {
      super(message, null, false, false);
      this.place = place.id();
    }

    int place() {
      return place;
    }
  }

  Key key() {
    return new Key(function, arguments, member);
  }

  record Key(String function, int arguments, boolean member) {}
}
