package io.reactorscheduler.test;

import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import reactor.core.Disposable;

/** Keeps the hints of a store from the moment it is opened on. */
final class HintLog implements AutoCloseable {

    /** How often time is let pass for a hint that has not come yet. */
    private static final int PATIENCE = 200;

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final TaskStoreContract contract;
    private final Queue<Hint> hints = new ConcurrentLinkedQueue<>();
    private final Disposable subscription;

    private HintLog(TaskStoreContract contract, TaskStore store) {
        this.contract = contract;
        this.subscription = store.hints().subscribe(hints::add);
    }

    static HintLog open(TaskStoreContract contract, TaskStore store) {
        HintLog log = new HintLog(contract, store);
        // a store on the network may take a moment to listen
        contract.advance(PAUSE);
        return log;
    }

    /** The first hint that matches, of those that came and those that will come soon. */
    Hint await(Hint.Kind kind, String subject, Predicate<Hint> matches) {
        List<Hint> came = new ArrayList<>();
        for (int i = 0; i < PATIENCE; i++) {
            for (Hint hint = hints.poll(); hint != null; hint = hints.poll()) {
                came.add(hint);
            }
            // all of them each time: a test may compare with a clock that goes on
            for (Hint hint : came) {
                if (hint.kind() == kind && hint.subject().equals(subject) && matches.test(hint)) {
                    return hint;
                }
            }
            contract.advance(PAUSE);
        }
        throw new AssertionError("no matching hint " + kind + " for \"" + subject + "\" came, but " + came);
    }

    Hint await(Hint.Kind kind, String subject) {
        return await(kind, subject, hint -> true);
    }

    /** Forgets what has come so far. */
    void clear() {
        hints.clear();
    }

    @Override
    public void close() {
        subscription.dispose();
    }
}
