package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;

/** Semantic versions (apiserver/pkg/cel/library/semverlib.go, version 1). */
public final class Semvers {
  public static final CelType TYPE = CelType.struct("kubernetes.Semver");

  private Semvers() {}

  /** A version as a value. */
  record SemverValue(Semver version) implements OpaqueValue {
    @Override
    public CelType type() {
      return TYPE;
    }

    @Override
    public boolean same(Value other) {
      return other instanceof SemverValue(Semver that) && version.compareTo(that) == 0;
    }
  }

  static Library library() {
    return Library.of(
        Function.of(
            "semver",
            Overload.unary("string_to_semver", CelType.STRING, TYPE, text -> parse(text, false)),
            Overload.binary(
                "string_bool_to_semver",
                CelType.STRING,
                CelType.BOOL,
                TYPE,
                (text, normalize) -> parse(text, normalize == BoolValue.TRUE))),
        Function.of(
            "isSemver",
            Overload.unary(
                "is_semver_string",
                CelType.STRING,
                CelType.BOOL,
                text -> BoolValue.of(!parse(text, false).isError())),
            Overload.binary(
                "is_semver_string_bool",
                CelType.STRING,
                CelType.BOOL,
                CelType.BOOL,
                (text, normalize) ->
                    BoolValue.of(!parse(text, normalize == BoolValue.TRUE).isError()))),
        Function.of("isGreaterThan", test("semver_is_greater_than", sign -> sign > 0)),
        Function.of("isLessThan", test("semver_is_less_than", sign -> sign < 0)),
        Function.of(
            "compareTo",
            Overload.method("semver_compare_to", TYPE, TYPE, CelType.INT, Semvers::compare)),
        part("major", "semver_major", Semver::major),
        part("minor", "semver_minor", Semver::minor),
        part("patch", "semver_patch", Semver::patch));
  }

  /** A version that a driver or another part of the server says. */
  public static Value of(String text) {
    return parse(new StringValue(text), false);
  }

  private static Value parse(Value value, boolean normalize) {
    String text = value instanceof StringValue(String given) ? given : "";
    try {
      return new SemverValue(normalize ? Semver.normalized(text) : Semver.parse(text));
    } catch (Semver.Malformed e) {
      return ErrorValue.of(String.valueOf(e.getMessage()));
    }
  }

  private static Value compare(Value left, Value right) {
    return left instanceof SemverValue(Semver one) && right instanceof SemverValue(Semver two)
        ? IntValue.of(one.compareTo(two))
        : ErrorValue.noSuchOverload(left);
  }

  private static Overload test(String id, IntPredicate wanted) {
    return Overload.method(
        id,
        TYPE,
        TYPE,
        CelType.BOOL,
        (left, right) ->
            compare(left, right) instanceof IntValue(long sign)
                ? BoolValue.of(wanted.test((int) sign))
                : ErrorValue.noSuchOverload(left));
  }

  private static Function part(String name, String id, ToLongFunction<Semver> of) {
    return Function.of(
        name,
        Overload.accessor(
            id,
            TYPE,
            CelType.INT,
            value ->
                value instanceof SemverValue(Semver version)
                    ? IntValue.of(of.applyAsLong(version))
                    : ErrorValue.noSuchOverload(value)));
  }
}
