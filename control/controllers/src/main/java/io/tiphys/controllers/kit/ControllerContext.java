package io.tiphys.controllers.kit;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import java.util.random.RandomGenerator;

/** What every controller is opened with. */
public record ControllerContext(
    Source source, Informers informers, Clock clock, RandomGenerator random, Loops loops) {}
