package io.reactorscheduler.examples;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A test whose Reactor schedulers, so also every scheduler that it starts, run in virtual time from a fixed instant. */
abstract class InVirtualTime {

    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private VirtualTimeScheduler time;

    @BeforeEach
    void enterVirtualTime() {
        time = VirtualTimeScheduler.getOrSet();
        time.advanceTimeTo(START);
    }

    @AfterEach
    void leaveVirtualTime() {
        VirtualTimeScheduler.reset();
    }

    /** Lets so much time pass, with all that happens in it. */
    final void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    /** What a publisher gives without time passing; fails if it fails. */
    final <T> List<T> now(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        List<Throwable> errors = new ArrayList<>();
        Flux.from(publisher).subscribe(values::add, errors::add);
        pass(Duration.ZERO);
        if (!errors.isEmpty()) {
            throw new AssertionError("it failed", errors.get(0));
        }
        return values;
    }
}
