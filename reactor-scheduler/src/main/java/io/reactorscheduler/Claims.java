package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

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

    /** A store that says there is more for now, but gives less than was asked for, is not asked again sooner. */
    private static final long SHORT_PAUSE_MICROS = 1_000;

    /** After so long without claims there is little to do, so a few of them are spread over threads: each may take long. */
    private static final long QUIET_MICROS = 1_000;

    private final Resources with;
    private final Collection<LocalQueue> queues;
    private final Handlers handlers;
    private final Rounds rounds;
    private final Runnable whenStopped;
    private final WakeUp wakeUp;
    private final Rest rest = new Rest();
    private final long pollMicros;
    private final AtomicInteger looks = new AtomicInteger();

    /** Set by the thread that looks, cleared when the reply has been dealt. */
    private volatile boolean asking;

    private volatile boolean stopped;
    private volatile long pausedUntilMicros = Long.MIN_VALUE;

    /** The thread that looks; only touched by it. */
    private @Nullable Thread looking;

    private long polledMicros = Long.MIN_VALUE;
    private long pauseMicros = FIRST_PAUSE_MICROS;

    /** When there were claims before; by the dealing thread only. */
    private long dealtMicros = Long.MIN_VALUE / 2;

    /** @param whenStopped is called after a stop whenever a look ends */
    Claims(Resources with, Collection<LocalQueue> queues, Handlers handlers, Rounds rounds, Runnable whenStopped) {
        this.whenStopped = whenStopped;
        this.rounds = rounds;
        this.with = with;
        this.queues = queues;
        this.handlers = handlers;
        Duration poll = with.store().safetyPoll();
        this.pollMicros = poll == null ? Long.MAX_VALUE : Checks.micros(poll);
        this.wakeUp = new WakeUp(
                new TimeBase(
                        with.scheduler(),
                        with.store()::nowMicros,
                        TimeUnit.MICROSECONDS,
                        with.timer().time().threads()),
                pollMicros,
                this::lookAndDrain,
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

    private void lookAndDrain() {
        long began = with.nowMicros();
        look();
        rounds.drain();
        rest.lookTook(with.nowMicros() - began);
    }

    /** Looks now, on this thread unless another one is looking. What this thread has to hand on waits for {@link Rounds#drain}. */
    void look() {
        if (looks.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            looking = Thread.currentThread();
            if (!asking) {
                ask();
            }
            looking = null;
            missed = looks.addAndGet(-missed);
        } while (missed != 0);
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
        List<LocalQueue> asked = null;
        for (LocalQueue queue : queues) {
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
                wakeUp.at(rest.before(earliest, now));
            }
            return false;
        }
        Reply reply = new Reply(asked, slots);
        try {
            reply.waitFor(with.store()
                    .claim(new ClaimRequest(with.node(), with.settings().lease(), slots, handlers.names())));
        } catch (Throwable thrown) {
            reply.onError(thrown);
        }
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
            queues.forEach(LocalQueue::askAgain);
        }
    }

    private boolean isQuiet(long now) {
        boolean isQuiet = now - dealtMicros >= QUIET_MICROS || now < dealtMicros;
        dealtMicros = now;
        return isQuiet;
    }

    private void dealt(List<Rounds.Round> dealt) {
        asking = false;
        rounds.here(dealt);
        boolean isWithinLook = looking == Thread.currentThread();
        look();
        if (!isWithinLook) {
            rounds.drain();
        }
    }

    /** Claims that nobody here has room for go back to the store, to be claimed again at once. */
    private void giveBack(List<LocalQueue> asked, List<Claim> unwanted, String why) {
        if (unwanted.isEmpty()) {
            return;
        }
        IllegalStateException reason = new IllegalStateException(why);
        with.events().problem(unwanted.size() + " claims are given back", reason);
        for (Claim claim : unwanted) {
            queueOf(claim, asked.get(0)).giveBack(claim);
        }
    }

    private LocalQueue queueOf(Claim claim, LocalQueue otherwise) {
        for (LocalQueue queue : queues) {
            if (queue.name().equals(claim.task().queue())) {
                return queue;
            }
        }
        return otherwise;
    }

    private void failed(List<LocalQueue> asked, Throwable error) {
        askLater(asked, error);
        dealt(List.of());
    }

    private void askLater(List<LocalQueue> asked, Throwable error) {
        with.events().problem("The store gave no work, asking again in " + pauseMicros / 1_000 + " ms", error);
        asked.forEach(LocalQueue::askAgain);
        pausedUntilMicros = with.nowMicros() + pauseMicros;
        pauseMicros = Math.min(2 * pauseMicros, LONGEST_PAUSE_MICROS);
    }

    /** The answer to one question: what comes first of it counts, or that none came in time. */
    private final class Reply implements CoreSubscriber<ClaimBatch> {
        private final List<LocalQueue> asked;
        private final List<ClaimRequest.Slots> slots;
        private final AtomicBoolean settled = new AtomicBoolean();
        private Disposable timeout = Disposables.disposed();

        Reply(List<LocalQueue> asked, List<ClaimRequest.Slots> slots) {
            this.asked = asked;
            this.slots = slots;
        }

        void waitFor(Mono<ClaimBatch> answer) {
            if (with.store().isShared()) {
                long patience = with.patience().toNanos();
                timeout = with.timer().schedule(this::late, patience, TimeUnit.NANOSECONDS);
            }
            answer.subscribe(this);
        }

        /** The subscription stays: what was claimed must be given back when it comes. */
        private void late() {
            onError(Resources.tooLate(with.patience()));
        }

        /** Whether this is the first that is heard of an answer. */
        private boolean settle() {
            if (!settled.compareAndSet(false, true)) {
                return false;
            }
            timeout.dispose();
            return true;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ClaimBatch batch) {
            if (!settle()) {
                giveBack(asked, batch.claims(), "The store answered a claim when nobody waited for it any more");
                return;
            }
            List<Rounds.Round> here = new ArrayList<>(asked.size());
            List<Rounds.Round> elsewhere = new ArrayList<>(0);
            try {
                deal(batch, here, elsewhere);
            } catch (Throwable thrown) {
                askLater(asked, thrown);
            }
            rounds.elsewhere(elsewhere);
            dealt(here);
        }

        private void deal(ClaimBatch batch, List<Rounds.Round> here, List<Rounds.Round> elsewhere) {
            List<Claim> claims = batch.claims();
            if (batch.nextDueMicros().length != asked.size()) {
                giveBack(asked, claims, "The store answered for another number of queues than were asked");
                throw new IllegalStateException("The store answered a claim for " + asked.size() + " queues with "
                        + batch.nextDueMicros().length + " due times");
            }
            pauseMicros = FIRST_PAUSE_MICROS;
            boolean isQuiet = !claims.isEmpty() && isQuiet(batch.nowMicros());
            // a shared store takes longer to answer than any rest
            if (!claims.isEmpty() && !with.store().isShared()) {
                rest.dealt(claims.size(), batch.nowMicros());
            }
            int from = 0;
            for (int i = 0; i < asked.size(); i++) {
                LocalQueue queue = asked.get(i);
                int free = slots.get(i).free();
                int to = from;
                while (to < claims.size()
                        && to - from < free
                        && claims.get(to).task().queue().equals(queue.name())) {
                    to++;
                }
                long next = batch.nextDueMicros()[i];
                boolean isHeldBack = to - from < free && next <= batch.nowMicros();
                queue.answered(isHeldBack ? batch.nowMicros() + SHORT_PAUSE_MICROS : next);
                if (to > from) {
                    queue.deal(claims.subList(from, to), isQuiet, here, elsewhere);
                }
                from = to;
            }
            giveBack(
                    asked,
                    claims.subList(from, claims.size()),
                    "The store gave more than was asked for, or in another order than that of the queues");
        }

        @Override
        public void onError(Throwable error) {
            if (settle()) {
                failed(asked, error);
            } else {
                Operators.onErrorDropped(error, currentContext());
            }
        }

        @Override
        public void onComplete() {
            if (settle()) {
                failed(asked, new IllegalStateException("The store answered a claim with nothing at all"));
            }
        }
    }
}
