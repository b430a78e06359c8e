package io.reactorscheduler.test;

import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The time of a test: it starts at a fixed instant and passes when the test says so. A scheduler in it lives through a year
 * in milliseconds, on the thread of the test.
 *
 * <pre>{@code
 * VirtualTime time = VirtualTime.from("2026-01-01T00:00:00Z");
 * ReactiveScheduler scheduler = time.builder().handle(SEND, (email, run) -> mailer.send(email)).start();
 * scheduler.schedule(SEND.task(email).after(Duration.ofHours(1))).subscribe();
 * time.pass(Duration.ofHours(1)); // returns when the mail is sent
 * }</pre>
 *
 * <p>It replaces nothing outside of itself. So handlers that wait have to wait in it too: in
 * {@link io.reactorscheduler.RunContext#timer()}. For one thread at a time.
 */
public final class VirtualTime {

    private static final Instant LATEST = Instant.ofEpochSecond(0, Long.MAX_VALUE);

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();

    private VirtualTime(Instant start) {
        scheduler.advanceTimeTo(start);
    }

    /** Time that starts at an instant, from 1970 to 2262. */
    public static VirtualTime from(Instant start) {
        if (start.isBefore(Instant.EPOCH) || start.isAfter(LATEST)) {
            throw new InvalidTaskException(
                    "start", start, "give an instant between " + Instant.EPOCH + " and " + LATEST);
        }
        return new VirtualTime(start);
    }

    /** As {@link #from(Instant)}, of an instant as text: {@code 2026-01-01T00:00:00Z}. */
    public static VirtualTime from(String start) {
        return from(Instant.parse(start));
    }

    /** Starts to describe a scheduler that lives in this time. */
    public SchedulerBuilder builder() {
        return ReactiveScheduler.builder().scheduler(this::scheduler);
    }

    /** The Reactor Scheduler whose time this is, for stores, delays and intervals beside the scheduler. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** The instant that it is. */
    public Instant now() {
        return Instant.ofEpochSecond(0, scheduler.now(TimeUnit.NANOSECONDS));
    }

    /** Lets so much time pass (not negative), with all that happens in it; returns when that has happened. */
    public void pass(Duration duration) {
        if (duration.isNegative()) {
            throw new InvalidTaskException(
                    "duration", duration, "give a duration that is not negative: time does not go back");
        }
        scheduler.advanceTimeBy(duration);
    }

    /** Lets what is due now happen; no time passes. */
    public void settle() {
        pass(Duration.ZERO);
    }

    @Override
    public String toString() {
        return "VirtualTime(" + now() + ")";
    }
}
