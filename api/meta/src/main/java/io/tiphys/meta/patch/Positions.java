package io.tiphys.meta.patch;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.patch.PatchException.Kind;
import java.util.List;

/** Places in an array, as the last step of a pointer tells them; negative ones from the end. */
final class Positions {
  private Positions() {}

  static int insertion(List<Json> elements, String key, String error) {
    if (key.equals("-")) {
      return elements.size();
    }
    int index;
    try {
      index = Integer.parseInt(key);
    } catch (NumberFormatException _) {
      throw failed(error + "value was not a proper array index: '" + key + "': " + notANumber(key));
    }
    int slots = elements.size() + 1;
    if (index >= slots || index < -slots) {
      throw failed(error + invalidIndex(index));
    }
    return index < 0 ? index + slots : index;
  }

  static int existing(List<Json> elements, String key) {
    int index;
    try {
      index = Integer.parseInt(key);
    } catch (NumberFormatException _) {
      throw failed(notANumber(key));
    }
    if (index >= elements.size() || index < -elements.size()) {
      throw failed(invalidIndex(index));
    }
    return index < 0 ? index + elements.size() : index;
  }

  private static String notANumber(String key) {
    return "strconv.Atoi: parsing " + GoText.quote(key) + ": invalid syntax";
  }

  private static String invalidIndex(int index) {
    return "Unable to access invalid index: " + index + ": invalid index referenced";
  }

  private static PatchException failed(String message) {
    return new PatchException(Kind.UNPROCESSABLE, message);
  }
}
