package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One run of one claim: subscribes to the handler's publisher and turns whatever comes of it into one {@link Completion}.
 *
 * <p>The one subscription to the handler is held here and nowhere else, so that cancel, timeout, lost lease and shutdown
 * are one mechanism: {@link #end} cancels it and decides the outcome. Whoever first moves {@link #state} from RUNNING
 * decides how the run ends; signals that come later are dropped, also from publishers that ignore cancellation. One
 * object serves as the Mono, as its subscription, as the handler's subscriber and as the handler's context, because a
 * store with a backlog makes millions of them a second.
 */
final class Run extends Mono<Completion> implements AttemptContext, CoreSubscriber<Object>, Subscription, Scannable {

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    private static final int ENDED = 2;

    private static final AtomicIntegerFieldUpdater<Run> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Run.class, "state");
    private static final AtomicReferenceFieldUpdater<Run, Subscription> UPSTREAM =
            AtomicReferenceFieldUpdater.newUpdater(Run.class, Subscription.class, "upstream");
    private static final AtomicReferenceFieldUpdater<Run, Object> RECEIVER =
            AtomicReferenceFieldUpdater.newUpdater(Run.class, Object.class, "receiver");

    private final Runner runner;
    private final Plan plan;
    private volatile int state = NEW;
    private volatile @Nullable Subscription upstream;
    private volatile int attempt;

    /** Whether it outlived its own subscription, so that others may want to end it; for {@link ActiveRuns}, too. */
    volatile boolean registered;

    /** Who is told how it ended: the subscriber, or before there is one {@link #told}; then this is the completion. */
    private volatile @Nullable Object receiver;

    private @Nullable Consumer<Completion> told;
    private @Nullable Context context;
    private long startedMicros = Position.NO_TIME;
    private @Nullable Object last;
    private @Nullable List<Object> all;

    /** Of a handler that may give more than one element: what it gave, for those who subscribe late. */
    private volatile RecentElements.@Nullable Of recent;

    private volatile RunReports.@Nullable Of reports;

    /** Of the first attempt; made when somebody asks for it or it is cancelled. */
    private volatile @Nullable Cancellation cancellation;

    /** The attempt that runs or ran last, null for the first one: then this object is its context. */
    private volatile @Nullable LaterAttempt later;

    /** Whether the first attempt has failed: all others are one publisher, with one error at most. */
    private boolean isRetrying;

    /** That publisher, if the first attempt failed while it was subscribed to: it waits until the failed one has let go. */
    private @Nullable Publisher<Object> retriesAtOnce;

    /** Whether the last attempt has ended by itself and another one is waited for. */
    private volatile boolean isBetweenAttempts;

    /** The next active run of the same task; kept by {@link ActiveRuns}. */
    volatile @Nullable Run nextOfTask;

    /** Until when the lease is trusted, by this node's monotonic clock in nanoseconds; kept by {@link ActiveRuns}. */
    volatile long trustedUntilNanos = ActiveRuns.NOT_READ;

    Run(Runner runner, Plan plan) {
        this.runner = runner;
        this.plan = plan;
        this.attempt = plan.claim().attempt() - 1;
        if (plan.claim().task().collectsResults()) {
            all = new ArrayList<>();
        }
    }

    // ---- as the Mono

    /** Runs now. An end before it is subscribed is told at once, from any thread; gives whether there was one already. */
    boolean start(Consumer<Completion> teller) {
        told = teller;
        if (STATE.compareAndSet(this, NEW, RUNNING)) {
            begin();
        }
        return receiver instanceof Completion;
    }

    @Override
    @SuppressWarnings("NullAway") // an updater of a nullable field takes null, which its signature cannot say
    public void subscribe(CoreSubscriber<? super Completion> subscriber) {
        if (receiver instanceof CoreSubscriber) {
            Operators.error(
                    subscriber, new IllegalStateException("A run can be subscribed once; claim again for another"));
            return;
        }
        subscriber.onSubscribe(this);
        if (!RECEIVER.compareAndSet(this, null, subscriber)) {
            subscriber.onComplete();
        } else if (STATE.compareAndSet(this, NEW, RUNNING)) {
            begin();
        }
    }

    private void begin() {
        long now = runner.nowMicros();
        Outcome refusal = runner.refusal(this, now);
        if (refusal != null) {
            finish(refusal, false);
            return;
        }
        Run before = runner.starting(this);
        try {
            Publisher<Object> body = runner.body(this, now);
            if (!(body instanceof Mono)) {
                recent = runner.recent(this);
            }
            body.subscribe(this);
            if (retriesAtOnce != null && state == RUNNING) {
                retriesAtOnce.subscribe(this);
            }
        } catch (Throwable thrown) {
            // what Reactor throws through its operators (StackOverflowError and the like) ends the run, not the engine
            finish(runner.failure(this, ThrownError.unwrap(thrown)), true);
        } finally {
            runner.hasStarted(before);
        }
        if (state == RUNNING) {
            registered = true;
            runner.register(this);
            if (state == ENDED) {
                runner.left(this);
            }
        }
    }

    // ---- as the subscription of the engine

    /** One result at most: demand is implied by the engine's subscription. */
    @Override
    public void request(long n) {
        Operators.validate(n);
    }

    @Override
    public void cancel() {
        if (STATE.getAndSet(this, ENDED) == RUNNING) {
            leave(true, false);
        }
    }

    // ---- as the subscriber of the handler

    @Override
    @SuppressWarnings("NullAway") // an updater of a nullable field takes null, which its signature cannot say
    public void onSubscribe(Subscription subscription) {
        if (UPSTREAM.compareAndSet(this, null, subscription)) {
            subscription.request(Long.MAX_VALUE);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(Object element) {
        if (state != RUNNING) {
            Operators.onNextDropped(element, currentContext());
            return;
        }
        if (all == null) {
            last = element;
        } else if (all.size() < runner.mostCollected()) {
            all.add(element);
        } else {
            finish(runner.tooMany(), true);
            return;
        }
        RecentElements.Of known = recent;
        runner.emitted(this, element, known == null ? 0 : known.add(element));
    }

    @Override
    @SuppressWarnings("NullAway") // an updater of a nullable field takes null, which its signature cannot say
    public void onError(Throwable error) {
        if (state != RUNNING) {
            Operators.onErrorDropped(error, currentContext());
            return;
        }
        boolean isStarting = runner.isStarting(this);
        Publisher<Object> retries = isRetrying ? null : runner.retries(this, error, isStarting);
        if (retries == null) {
            finish(runner.failure(this, ThrownError.unwrap(error)), false);
            return;
        }
        isRetrying = true;
        recent = recent == null ? runner.recent(this) : recent; // what failed at once may be a stream when it works
        Subscription failed = upstream;
        // whoever cancels the run meanwhile leaves a mark there, which then stays
        if (failed != Operators.cancelledSubscription() && UPSTREAM.compareAndSet(this, failed, null)) {
            if (isStarting) {
                retriesAtOnce = retries;
            } else {
                retries.subscribe(this);
            }
        }
    }

    @Override
    public void onComplete() {
        if (state == RUNNING) {
            finish(runner.success(this, all == null ? last : all), false);
        }
    }

    @Override
    public Context currentContext() {
        Context known = context;
        if (known == null) {
            known = runner.context(
                    this, receiver instanceof CoreSubscriber<?> actual ? actual.currentContext() : Context.empty());
            context = known;
        }
        return known;
    }

    // ---- for the engine

    @Override
    public Claim claim() {
        return plan.claim();
    }

    @Override
    public Runner runner() {
        return runner;
    }

    /** Ends the run from outside; does nothing when it has ended. */
    void end(Outcome outcome) {
        finish(outcome, true);
    }

    Plan plan() {
        return plan;
    }

    /** Gives what the attempt that starts now knows of its run. */
    AttemptContext attemptStarted(long nowMicros) {
        // attempts of one run follow each other; other threads only read
        int next = attempt + 1;
        attempt = next;
        startedMicros = nowMicros;
        last = null;
        if (all != null) {
            all = new ArrayList<>();
        }
        if (next == claim().attempt()) {
            return this;
        }
        LaterAttempt started = new LaterAttempt(this, next);
        later = started;
        isBetweenAttempts = false;
        if (state == ENDED) {
            started.cancellation().cancel();
        }
        return started;
    }

    /** The attempt has failed, and the next one is waited for. */
    void attemptFailed() {
        isBetweenAttempts = true;
    }

    int startedAttempts() {
        return attempt;
    }

    long startedMicros() {
        return startedMicros;
    }

    boolean hasEnded() {
        return state == ENDED;
    }

    @SuppressWarnings({"NullAway", "unchecked"}) // an updater of a nullable field takes null, which it cannot say
    private void finish(Outcome outcome, boolean isFromOutside) {
        if (!STATE.compareAndSet(this, RUNNING, ENDED)) {
            return;
        }
        leave(isFromOutside, outcome.kind() == Outcome.Kind.COMPLETED);
        Completion completion = runner.completion(this, outcome);
        if (RECEIVER.compareAndSet(this, null, completion)) {
            Objects.requireNonNull(told).accept(completion);
        } else {
            CoreSubscriber<? super Completion> to =
                    (CoreSubscriber<? super Completion>) Objects.requireNonNull(receiver);
            to.onNext(completion);
            to.onComplete();
        }
    }

    /** A publisher that has ended by itself is not cancelled: the handler's cancel hooks must not see a success. */
    private void leave(boolean cancels, boolean isSuccess) {
        if (cancels) {
            Subscription subscription = UPSTREAM.getAndSet(this, Operators.cancelledSubscription());
            try {
                if (!isBetweenAttempts) {
                    LaterAttempt current = later;
                    (current == null ? cancellation() : current.cancellation()).cancel();
                }
                if (subscription != null) {
                    subscription.cancel();
                }
            } catch (Throwable thrown) {
                // a handler that fails to be cancelled must not keep its slot, nor stop whoever ends many runs
                Operators.onErrorDropped(thrown, Context.empty());
            }
        }
        if (registered) {
            runner.left(this);
        }
        RunReports.Of said = reports;
        if (said != null) {
            said.ended();
        }
        RecentElements.Of kept = recent;
        if (kept != null) {
            kept.ended(isSuccess);
        }
    }

    // ---- as the context of the handler in the first attempt

    @Override
    public int attempt() {
        return claim().attempt();
    }

    @Override
    public synchronized RunReports.Of reports() {
        RunReports.Of known = reports;
        if (known == null) {
            known = runner.reports(this);
            reports = known;
        }
        return known;
    }

    @Override
    public boolean isCancelled() {
        Cancellation known = cancellation;
        return known != null && known.isCancelled();
    }

    @Override
    public synchronized Cancellation cancellation() {
        Cancellation known = cancellation;
        if (known == null) {
            known = new Cancellation();
            cancellation = known;
        }
        return known;
    }

    @Override
    public ContextView context() {
        return currentContext();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT || key == Attr.ACTUAL) {
            return key == Attr.PARENT ? upstream : receiver instanceof CoreSubscriber ? receiver : null;
        }
        if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
            return state == ENDED;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
