package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Machine;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * What the program has of the world; everything in it is given this and asks for nothing itself.
 *
 * @param randomness makes the one source of it that a cluster has: most commands need none, and it
 *     takes a while
 */
record Host(Machine machine, Clock clock, Supplier<SecureRandom> randomness) {}
