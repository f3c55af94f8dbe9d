package io.tiphys.cel.eval;

import io.tiphys.cel.library.Implementation;
import io.tiphys.cel.value.Value;
import java.util.List;

/**
 * A call of a function.
 *
 * @param overload the form that was found; empty if it shows at run time only
 * @param strict whether an argument that is an error is the result
 * @param early whether arguments behind such an error are not looked at, as cel-go does for
 *     functions of any number of arguments
 */
record CallStep(
    int id,
    String function,
    String overload,
    List<Step> arguments,
    int[] ids,
    Implementation implementation,
    boolean strict,
    boolean early)
    implements Step {

  @Override
  public Value eval(Frame frame) {
    return frame.cost().call(id, function, overload, ids, call(frame));
  }

  private Value call(Frame frame) {
    Value[] values = new Value[arguments.size()];
    Value error = null;
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments.get(i).eval(frame);
      if (strict && values[i].isError() && error == null) {
        error = values[i];
        if (early) {
          return error;
        }
      }
    }
    return error == null ? implementation.call(values) : error;
  }
}
