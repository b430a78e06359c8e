package io.reactorscheduler;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two increments that both count: shows that the tests of this module are generated, found and run. */
@JCStressTest
@Outcome(
        id = {"1, 2", "2, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "an increment was lost")
@State
public class HarnessStress {

    private final AtomicInteger count = new AtomicInteger();

    @Actor
    public void first(II_Result result) {
        result.r1 = count.incrementAndGet();
    }

    @Actor
    public void second(II_Result result) {
        result.r2 = count.incrementAndGet();
    }
}
