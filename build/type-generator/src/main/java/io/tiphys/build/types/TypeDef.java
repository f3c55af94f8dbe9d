package io.tiphys.build.types;

import java.util.List;

/**
 * A type of the API.
 *
 * @param role whether it stands alone
 */
record TypeDef(TypeName name, Role role, List<FieldDef> fields, Facts facts, String description) {

  /** What a type is to clients. */
  enum Role {
    /** Has a kind and ObjectMeta: an ApiObject. */
    OBJECT,
    /** Has a kind only, such as Status. */
    TYPED,
    /** A list of objects: in the OpenAPI documents only. */
    LIST,
    /** Part of other types. */
    PART
  }

  boolean hasKind() {
    return role == Role.OBJECT || role == Role.TYPED;
  }
}
