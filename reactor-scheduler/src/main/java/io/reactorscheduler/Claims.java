package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Asks the store for due work: the demands of all queues in one call, one call at a time.
 *
 * <p>{@link #look} may be called by anyone at any time; it looks for queues that have a free slot and may have due work,
 * asks, deals, and looks again until there is nothing to ask for, then leaves a wake-up for the next due time. Calls that
 * come meanwhile only make it look once more.
 *
 * <p>The claims that are left for this thread are handed on last, when the next wake-up is armed and other threads may
 * look. So a handler that hogs its thread delays no other work as long as the Scheduler has a free one.
 */
final class Claims {

    private static final long FIRST_PAUSE_MICROS = 100_000;
    private static final long LONGEST_PAUSE_MICROS = 5_000_000;

    /** A store that says there is more and then gives nothing is not asked again sooner. */
    private static final long SHORT_PAUSE_MICROS = 1_000;

    private final Resources with;
    private final Collection<Lanes> queues;
    private final Handlers handlers;
    private final Runnable whenStopped;
    private final WakeUp wakeUp;
    private final long pollMicros;
    private final AtomicInteger looks = new AtomicInteger();

    /** Set by the thread that looks, cleared when the reply has been dealt. */
    private volatile boolean asking;

    private volatile boolean stopped;
    private volatile long pausedUntilMicros = Long.MIN_VALUE;

    /** The thread that looks, and its claims to hand on; only touched by it. */
    private @Nullable Thread looking;

    private List<Round> rounds = new ArrayList<>();
    private long polledMicros = Long.MIN_VALUE;
    private long pauseMicros = FIRST_PAUSE_MICROS;

    /** @param whenStopped is called after a stop whenever a look ends */
    Claims(Resources with, Collection<Lanes> queues, Handlers handlers, Runnable whenStopped) {
        this.whenStopped = whenStopped;
        this.with = with;
        this.queues = queues;
        this.handlers = handlers;
        Duration poll = with.store().safetyPoll();
        this.pollMicros = poll == null ? Long.MAX_VALUE : Checks.micros(poll);
        this.wakeUp = new WakeUp(
                new TimeBase(with.scheduler(), with.store()::nowMicros, TimeUnit.MICROSECONDS),
                pollMicros,
                this::look,
                error -> with.events().problem("The Scheduler refused a wake-up, so no work is claimed", error));
    }

    /** Looks as soon as possible on the Scheduler: for threads that must not run handlers. */
    void lookSoon() {
        lookAt(Long.MIN_VALUE + 1);
    }

    /** Looks on the Scheduler at a time. */
    void lookAt(long dueMicros) {
        if (!stopped) {
            wakeUp.at(dueMicros);
        }
    }

    /** Looks now, on this thread unless another one is looking. */
    void look() {
        if (looks.getAndIncrement() != 0) {
            return;
        }
        List<Round> mine = List.of();
        int missed = 1;
        do {
            looking = Thread.currentThread();
            if (!asking) {
                ask();
            }
            if (!rounds.isEmpty()) {
                List<Round> dealt = rounds;
                rounds = new ArrayList<>();
                mine = mine.isEmpty() ? dealt : joined(mine, dealt);
            }
            looking = null;
            missed = looks.addAndGet(-missed);
        } while (missed != 0);
        for (Round round : mine) {
            round.queue().drain(round.lane());
        }
        if (stopped) {
            whenStopped.run();
        }
    }

    /** Claims nothing more; what was asked for before is still dealt, and {@link #isAsking} until then. */
    void stop() {
        stopped = true;
        wakeUp.dispose();
    }

    boolean isAsking() {
        return asking;
    }

    private void ask() {
        // in this order, so that whoever stops sees the question or the question sees the stop
        asking = true;
        if (stopped || !asked()) {
            asking = false;
        }
    }

    /** Whether there was something to ask for. */
    private boolean asked() {
        long now = with.nowMicros();
        if (now < pausedUntilMicros && pausedUntilMicros - now <= LONGEST_PAUSE_MICROS) {
            wakeUp.at(pausedUntilMicros);
            return false;
        }
        poll(now);
        long earliest = pollMicros == Long.MAX_VALUE ? Position.NO_TIME : polledMicros + pollMicros;
        List<ClaimRequest.Slots> slots = null;
        List<Lanes> asked = null;
        for (Lanes queue : queues) {
            long due = queue.nextDue();
            if (due > now) {
                earliest = Math.min(earliest, due);
                continue;
            }
            int free = queue.free();
            if (free > 0) {
                if (slots == null || asked == null) {
                    slots = new ArrayList<>(4);
                    asked = new ArrayList<>(4);
                }
                queue.asking();
                slots.add(new ClaimRequest.Slots(queue.name(), free));
                asked.add(queue);
            }
        }
        if (slots == null || asked == null) {
            if (earliest != Position.NO_TIME) {
                wakeUp.at(earliest);
            }
            return false;
        }
        Mono<ClaimBatch> reply =
                with.store().claim(new ClaimRequest(with.node(), with.settings().lease(), slots, handlers.names()));
        if (with.store().isShared()) {
            // the reply may arrive on the event loop of a client; handlers must not run there
            reply = reply.publishOn(with.scheduler());
        }
        reply.subscribe(new Reply(asked, slots));
        return true;
    }

    /** Covers lost hints and clocks that were set: every so often each queue is asked, whatever was said before. */
    private void poll(long now) {
        if (pollMicros == Long.MAX_VALUE) {
            return;
        }
        boolean isDue = polledMicros > now || polledMicros == Long.MIN_VALUE || now - polledMicros >= pollMicros;
        if (isDue) {
            polledMicros = now;
            queues.forEach(Lanes::askAgain);
        }
    }

    private void dealt(List<Round> dealt) {
        asking = false;
        if (looking == Thread.currentThread()) {
            rounds.addAll(dealt);
            look();
        } else {
            look();
            dealt.forEach(round -> round.queue().drain(round.lane()));
        }
    }

    private void failed(List<Lanes> asked, Throwable error) {
        with.events().problem("The store gave no work, asking again in " + pauseMicros / 1_000 + " ms", error);
        asked.forEach(Lanes::askAgain);
        pausedUntilMicros = with.nowMicros() + pauseMicros;
        pauseMicros = Math.min(2 * pauseMicros, LONGEST_PAUSE_MICROS);
        asking = false;
        look();
    }

    private static List<Round> joined(List<Round> first, List<Round> second) {
        List<Round> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }

    /** Claims that wait in a lane for the thread that dealt them. */
    private record Round(Lanes queue, Timeline.Lane lane) {}

    /** The answer to one question. */
    private final class Reply implements CoreSubscriber<ClaimBatch> {
        private final List<Lanes> asked;
        private final List<ClaimRequest.Slots> slots;
        private boolean answered;

        Reply(List<Lanes> asked, List<ClaimRequest.Slots> slots) {
            this.asked = asked;
            this.slots = slots;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ClaimBatch batch) {
            answered = true;
            if (batch.nextDueMicros().length != asked.size()) {
                failed(
                        asked,
                        new IllegalStateException("The store answered for another number of queues than were asked"));
                return;
            }
            pauseMicros = FIRST_PAUSE_MICROS;
            List<Round> dealt = new ArrayList<>(asked.size());
            List<Claim> claims = batch.claims();
            int from = 0;
            for (int i = 0; i < asked.size(); i++) {
                Lanes queue = asked.get(i);
                int to = from;
                while (to < claims.size() && claims.get(to).task().queue().equals(queue.name())) {
                    to++;
                }
                long next = batch.nextDueMicros()[i];
                boolean isShort = to - from < slots.get(i).free();
                queue.answered(isShort ? Math.max(next, batch.nowMicros() + SHORT_PAUSE_MICROS) : next);
                Timeline.Lane lane = to > from ? queue.deal(claims.subList(from, to)) : null;
                if (lane != null) {
                    dealt.add(new Round(queue, lane));
                }
                from = to;
            }
            dealt(dealt);
        }

        @Override
        public void onError(Throwable error) {
            failed(asked, error);
        }

        @Override
        public void onComplete() {
            if (!answered) {
                failed(asked, new IllegalStateException("The store answered a claim with nothing at all"));
            }
        }
    }
}
