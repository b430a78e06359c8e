package io.reactorscheduler;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Where callbacks about {@link AsyncWork} come in: an HTTP endpoint or a message listener tells it what it heard, and the run
 * that waits for it goes on.
 *
 * <pre>{@code
 * AsyncCallbacks callbacks = AsyncCallbacks.create();
 * route(POST("/cuts/{id}/done"), request -> callbacks.done(request.pathVariable("id")) == UNKNOWN ? notFound() : ok())
 * }</pre>
 *
 * <p>Thread-safe; calls return at once and run no code of the handler on the caller's thread. It knows the runs of this
 * process only: behind a load balancer leave the polls on, they find what another node was told.
 *
 * <p>A callback may come before {@link AsyncWork#start} has given its reference: while any start is under way, callbacks that
 * nobody waits for are kept. What is kept, and what is remembered to recognise repeated callbacks, is bounded.
 */
public final class AsyncCallbacks {

    /** How many early callbacks are kept and how many ended references are remembered, each, unless told otherwise. */
    public static final int DEFAULT_REMEMBERED = 10_000;

    /** The most characters of a reference. */
    public static final int LONGEST_REFERENCE = 1_000;

    private final Object lock = new Object();

    /** All of the following is guarded by {@link #lock}. */
    private final Map<String, Waiting> waiting = new HashMap<>();

    private final Map<String, AsyncWork.Status> early;
    private final Map<String, Boolean> ended;
    private int starting;

    /** What became of a callback. */
    public enum Answer {
        /** A run waited for it and has been told. */
        DELIVERED,
        /** Nobody waits for it, but work is being started just now: kept in case it is about that. */
        KEPT,
        /** It had been told before, or the run has ended by itself; nothing was changed. */
        REPEATED,
        /** No run of this process knows the reference. */
        UNKNOWN
    }

    private AsyncCallbacks(int remembered) {
        this.early = bounded(remembered);
        this.ended = bounded(remembered);
    }

    /** A place for callbacks; one may serve many handlers if their references differ. */
    public static AsyncCallbacks create() {
        return remembering(DEFAULT_REMEMBERED);
    }

    /** As {@link #create()}, with another bound (at least 1) for early callbacks and for ended references. */
    public static AsyncCallbacks remembering(int references) {
        return new AsyncCallbacks(Checks.atLeast("remembering", references, 1));
    }

    /** The work has ended and its output can be fetched. */
    public Answer done(String reference) {
        return tell(reference, AsyncWork.Status.done());
    }

    /** The work has ended without output, for this reason. */
    public Answer failed(String reference, String message) {
        Objects.requireNonNull(message, "message");
        int most = Math.min(message.length(), ExecutionError.KEPT_CHARACTERS);
        return tell(reference, AsyncWork.Status.failed(message.substring(0, most)));
    }

    private Answer tell(String reference, AsyncWork.Status status) {
        Objects.requireNonNull(reference, "reference");
        Waiting run;
        synchronized (lock) {
            run = waiting.get(reference);
            if (run == null) {
                return keep(reference, status);
            }
            if (run.isTold) {
                return Answer.REPEATED;
            }
            run.isTold = true;
        }
        run.told.tryEmitValue(status);
        return Answer.DELIVERED;
    }

    /** A reference that has ended is kept as well: a start may give it again, for work that it recognises. */
    private Answer keep(String reference, AsyncWork.Status status) {
        boolean isRepeated = early.containsKey(reference) || ended.containsKey(reference);
        boolean isKept = starting > 0 && reference.length() <= LONGEST_REFERENCE;
        if (isKept) {
            early.putIfAbsent(reference, status);
        }
        return isRepeated ? Answer.REPEATED : isKept ? Answer.KEPT : Answer.UNKNOWN;
    }

    // ---- for the runs

    /** Work is being started: from now on callbacks that nobody waits for are kept. */
    void starting() {
        synchronized (lock) {
            starting++;
        }
    }

    /** The start failed. */
    void notStarted() {
        synchronized (lock) {
            startEnded();
        }
    }

    /** The start gave this reference; its callback may have come already. */
    Waiting started(String reference) {
        Waiting run;
        AsyncWork.Status status;
        synchronized (lock) {
            run = waiting.computeIfAbsent(reference, Waiting::new);
            run.runs++;
            status = run.isTold ? null : early.remove(reference);
            run.isTold |= status != null;
            ended.remove(reference);
            startEnded();
        }
        if (status != null) {
            run.told.tryEmitValue(status);
        }
        return run;
    }

    /** A run does not wait any more; to be told once for each {@link #started}. */
    void release(Waiting run) {
        synchronized (lock) {
            if (--run.runs == 0) {
                waiting.remove(run.reference);
                ended.put(run.reference, true);
            }
        }
    }

    private void startEnded() {
        if (--starting == 0) {
            early.clear();
        }
    }

    /** How many references runs wait for. */
    int size() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** How many references are kept or remembered. */
    int remembered() {
        synchronized (lock) {
            return early.size() + ended.size();
        }
    }

    /** A map that forgets its oldest entry when it is full. */
    private static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.@Nullable Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /** A reference that runs wait for: one run, or several when a start recognised its work. */
    static final class Waiting {
        private final String reference;
        private final Sinks.One<AsyncWork.Status> told = Sinks.one();
        private boolean isTold;
        private int runs;

        private Waiting(String reference) {
            this.reference = reference;
        }

        Mono<AsyncWork.Status> status() {
            return told.asMono();
        }
    }
}
