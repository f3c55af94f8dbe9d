package io.tiphys.cel.syntax;

/** The functions behind operators, under cel-go's names (common/operators). */
public final class Operators {
  public static final String CONDITIONAL = "_?_:_";
  public static final String AND = "_&&_";
  public static final String OR = "_||_";
  public static final String NOT = "!_";
  public static final String EQUALS = "_==_";
  public static final String NOT_EQUALS = "_!=_";
  public static final String LESS = "_<_";
  public static final String LESS_EQUALS = "_<=_";
  public static final String GREATER = "_>_";
  public static final String GREATER_EQUALS = "_>=_";
  public static final String ADD = "_+_";
  public static final String SUBTRACT = "_-_";
  public static final String MULTIPLY = "_*_";
  public static final String DIVIDE = "_/_";
  public static final String MODULO = "_%_";
  public static final String NEGATE = "-_";
  public static final String INDEX = "_[_]";
  public static final String OPTIONAL_INDEX = "_[?_]";
  public static final String OPTIONAL_SELECT = "_?._";
  public static final String IN = "@in";
  public static final String NOT_STRICTLY_FALSE = "@not_strictly_false";

  private Operators() {}
}
