package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Maps;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Addresses of the web (apiserver/pkg/cel/library/urls.go). */
final class Urls {
  static final CelType TYPE = CelType.struct("kubernetes.URL");

  private Urls() {}

  /** An address as a value. */
  record UrlValue(GoUrl url) implements OpaqueValue {
    @Override
    public CelType type() {
      return TYPE;
    }

    @Override
    public boolean same(Value other) {
      return other instanceof UrlValue(GoUrl that) && url.text().equals(that.text());
    }
  }

  static Library library() {
    CelType query = CelType.map(CelType.STRING, CelType.list(CelType.STRING));
    return Library.of(
        io.tiphys.cel.library.Function.of(
            "url", Overload.unary("string_to_url", CelType.STRING, TYPE, Urls::parse)),
        part("getScheme", "url_get_scheme", GoUrl::scheme),
        part("getHost", "url_get_host", GoUrl::host),
        part("getHostname", "url_get_hostname", GoUrl::hostname),
        part("getPort", "url_get_port", GoUrl::port),
        part("getEscapedPath", "url_get_escaped_path", GoUrl::escapedPath),
        io.tiphys.cel.library.Function.of(
            "getQuery", Overload.accessor("url_get_query", TYPE, query, Urls::query)),
        io.tiphys.cel.library.Function.of(
            "isURL",
            Overload.unary(
                "is_url_string",
                CelType.STRING,
                CelType.BOOL,
                text -> BoolValue.of(!parse(text).isError()))));
  }

  private static Value parse(Value value) {
    String text = value instanceof StringValue(String given) ? given : "";
    try {
      return new UrlValue(GoUrl.parse(text));
    } catch (GoUrl.Malformed e) {
      return ErrorValue.of("URL parse error during conversion from string: " + e.getMessage());
    }
  }

  private static io.tiphys.cel.library.Function part(
      String name, String id, Function<GoUrl, String> of) {
    return io.tiphys.cel.library.Function.of(
        name,
        Overload.accessor(
            id,
            TYPE,
            CelType.STRING,
            value ->
                value instanceof UrlValue(GoUrl url)
                    ? new StringValue(of.apply(url))
                    : ErrorValue.noSuchOverload(value)));
  }

  private static Value query(Value value) {
    Map<Value, Value> all = new LinkedHashMap<>();
    if (value instanceof UrlValue(GoUrl url)) {
      url.query()
          .forEach(
              (key, values) -> {
                List<Value> texts = new ArrayList<>();
                values.forEach(each -> texts.add(new StringValue(each)));
                all.put(new StringValue(key), Lists.of(texts));
              });
    }
    return Maps.of(all);
  }
}
