package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
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

    /** A store that says there is more and then gives nothing is not asked again sooner. */
    private static final long SHORT_PAUSE_MICROS = 1_000;

    private static final long LONGEST_STAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Resources with;
    private final Collection<LocalQueue> queues;
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

    /** The claims that each thread has to hand on when it has done what it is about. */
    private final ThreadLocal<Here> here = ThreadLocal.withInitial(Here::new);

    private long polledMicros = Long.MIN_VALUE;
    private long pauseMicros = FIRST_PAUSE_MICROS;

    /** @param whenStopped is called after a stop whenever a look ends */
    Claims(Resources with, Collection<LocalQueue> queues, Handlers handlers, Runnable whenStopped) {
        this.whenStopped = whenStopped;
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
        look();
        drain();
    }

    /** Looks now, on this thread unless another one is looking. What is left for this thread waits for {@link #drain}. */
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
        if (!mine.isEmpty()) {
            here.get().rounds.addAll(mine);
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
                wakeUp.at(earliest);
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

    private void dealt(List<Round> dealt) {
        asking = false;
        if (looking == Thread.currentThread()) {
            rounds.addAll(dealt);
            look();
        } else {
            look();
            here.get().rounds.addAll(dealt);
            drain();
        }
    }

    /**
     * Hands on the claims that were left for this thread, those too that come of it: when runs end at once the next claims
     * come while the first are handed on. After a while the rest is left to the Scheduler, so that nothing starves.
     */
    void drain() {
        Here mine = here.get();
        if (mine.isDraining || mine.rounds.isEmpty()) {
            return;
        }
        mine.isDraining = true;
        try {
            TimeBase time = with.timer().time();
            time.threads().hold(() -> drain(mine, time.now() + LONGEST_STAY_NANOS));
        } finally {
            mine.isDraining = false;
        }
    }

    private void drain(Here mine, long untilNanos) {
        for (Round round = mine.rounds.poll(); round != null; round = mine.rounds.poll()) {
            if (with.timer().time().now() > untilNanos && leave(round)) {
                continue;
            }
            round.queue().drain(round.lane());
        }
    }

    private boolean leave(Round round) {
        try {
            with.scheduler().schedule(() -> {
                here.get().rounds.add(round);
                drain();
            });
            return true;
        } catch (RuntimeException rejected) {
            return false;
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

    private static List<Round> joined(List<Round> first, List<Round> second) {
        List<Round> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }

    /** What one thread has to hand on. */
    private static final class Here {
        final Queue<Round> rounds = new ArrayDeque<>();
        boolean isDraining;
    }

    /** Claims that wait in a lane for the thread that dealt them. */
    private record Round(LocalQueue queue, Timeline.Lane lane) {}

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
            List<Round> dealt = new ArrayList<>(asked.size());
            try {
                deal(batch, dealt);
            } catch (Throwable thrown) {
                askLater(asked, thrown);
            }
            dealt(dealt);
        }

        private void deal(ClaimBatch batch, List<Round> dealt) {
            List<Claim> claims = batch.claims();
            if (batch.nextDueMicros().length != asked.size()) {
                giveBack(asked, claims, "The store answered for another number of queues than were asked");
                throw new IllegalStateException("The store answered a claim for " + asked.size() + " queues with "
                        + batch.nextDueMicros().length + " due times");
            }
            pauseMicros = FIRST_PAUSE_MICROS;
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
                boolean isShort = to - from < free;
                queue.answered(isShort ? Math.max(next, batch.nowMicros() + SHORT_PAUSE_MICROS) : next);
                Timeline.Lane lane = to > from ? queue.deal(claims.subList(from, to), batch.nowMicros()) : null;
                if (lane != null) {
                    dealt.add(new Round(queue, lane));
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
