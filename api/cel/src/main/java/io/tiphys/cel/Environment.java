package io.tiphys.cel;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.check.Checker;
import io.tiphys.cel.check.Declarations;
import io.tiphys.cel.check.Literals;
import io.tiphys.cel.eval.ObjectMaker;
import io.tiphys.cel.library.Function;
import io.tiphys.cel.library.KubernetesLibrary;
import io.tiphys.cel.library.Library;
import io.tiphys.cel.library.StandardLibrary;
import io.tiphys.cel.syntax.Issue;
import io.tiphys.cel.syntax.Issues;
import io.tiphys.cel.syntax.Macro;
import io.tiphys.cel.syntax.Parsed;
import io.tiphys.cel.syntax.Parser;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.TypeProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What expressions may name and call. Immutable: every addition makes another one. The first
 * environment is made when somebody asks for it, so that who never does pays nothing.
 */
public final class Environment {
  private final Declarations declarations;
  private final List<Macro> macros;
  private final ObjectMaker maker;

  private Environment(Declarations declarations, List<Macro> macros, ObjectMaker maker) {
    this.declarations = declarations;
    this.macros = macros;
    this.maker = maker;
  }

  private static final class Holder {
    static final Environment STANDARD =
        none().with(StandardLibrary.library(), StandardLibrary.TYPES);
    static final Environment KUBERNETES = kubernetes();

    private static Environment none() {
      Declarations nothing = new Declarations(Map.of(), Map.of(), TypeProvider.NONE);
      return new Environment(nothing, List.of(), ObjectMaker.NONE);
    }

    private static Environment kubernetes() {
      Environment all = STANDARD;
      for (Library library : KubernetesLibrary.all()) {
        all = all.with(library);
      }
      return all.with(new Library(List.of(), List.of()), KubernetesLibrary.TYPES);
    }
  }

  /** The language itself, without libraries. */
  public static Environment standard() {
    return Holder.STANDARD;
  }

  /** With the libraries of Kubernetes 1.36 and no variables. */
  public static Environment kubernetes() {
    return Holder.KUBERNETES;
  }

  public Environment with(Library library) {
    return with(library, List.of());
  }

  private Environment with(Library library, List<CelType> types) {
    Map<String, Function> functions = new HashMap<>(declarations.functions());
    library.functions().forEach(each -> functions.merge(each.name(), each, Function::merge));
    List<Macro> allMacros = new ArrayList<>(macros);
    allMacros.addAll(library.macros());
    Map<String, CelType> variables = new HashMap<>(declarations.variables());
    types.forEach(type -> variables.put(type.name(), CelType.typeOf(type)));
    Declarations more =
        new Declarations(Map.copyOf(variables), Map.copyOf(functions), declarations.types());
    return new Environment(more, List.copyOf(allMacros), maker);
  }

  public Environment withVariable(String name, CelType type) {
    Map<String, CelType> variables = new HashMap<>(declarations.variables());
    variables.put(name, type);
    Declarations more =
        new Declarations(Map.copyOf(variables), declarations.functions(), declarations.types());
    return new Environment(more, macros, maker);
  }

  /** With types of objects beside those known already. */
  public Environment withTypes(TypeProvider types) {
    TypeProvider before = declarations.types();
    TypeProvider both =
        new TypeProvider() {
          @Override
          public Optional<CelType> find(String name) {
            return types.find(name).or(() -> before.find(name));
          }

          @Override
          public Optional<CelType> field(String type, String field) {
            return types.find(type).isPresent()
                ? types.field(type, field)
                : before.field(type, field);
          }
        };
    Declarations more = new Declarations(declarations.variables(), declarations.functions(), both);
    return new Environment(more, macros, maker);
  }

  /** With objects that expressions may make. */
  public Environment making(ObjectMaker other) {
    return new Environment(declarations, macros, other);
  }

  /** Reads and checks an expression; never fails. */
  public Compilation compile(String text) {
    Parsed parsed = Parser.parse(text, macros);
    if (!parsed.issues().isEmpty()) {
      return new Compilation.Refused(parsed.issues());
    }
    Checked checked = Checker.check(parsed, declarations);
    if (!checked.issues().isEmpty()) {
      return new Compilation.Refused(checked.issues());
    }
    List<Issue> wrong = Literals.check(checked);
    return wrong.isEmpty()
        ? new Compilation.Compiled(checked, declarations.functions(), maker)
        : new Compilation.Refused(new Issues(parsed.source(), wrong));
  }
}
