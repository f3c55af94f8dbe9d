/** Reading tar streams: what image layers and archives are made of. Trusts nothing it reads. */
@NullMarked
package io.tiphys.node.engine.tar;

import org.jspecify.annotations.NullMarked;
