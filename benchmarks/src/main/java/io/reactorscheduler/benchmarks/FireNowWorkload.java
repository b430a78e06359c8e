package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.List;

/** Trivial runs as fast as they go, plain and with what a task may also carry. */
enum FireNowWorkload implements Workload {
    FIRE_NOW("fire-now", "n trivial tasks that are due at once, handed over in bulk where the subject can") {
        @Override
        void fire(Subject subject, int n, Runnable work) throws Exception {
            subject.fireNow(n, work);
        }
    },
    FIRE_NOW_EACH("fire-now-each", "the same, one call for each task") {
        @Override
        void fire(Subject subject, int n, Runnable work) throws Exception {
            subject.fireNowEach(n, work);
        }
    },
    TIMEOUTS("timeouts", "fire-now with a timeout of 10 s for each run, which never comes") {
        @Override
        void fire(Subject subject, int n, Runnable work) throws Exception {
            subject.fireWithTimeout(n, Duration.ofSeconds(10), work);
        }
    },
    RETRIES_UNUSED("retries-unused", "fire-now with a retry policy that is never needed") {
        @Override
        void fire(Subject subject, int n, Runnable work) throws Exception {
            subject.fireWithRetry(n, work);
        }
    };

    private final String key;
    private final String question;

    FireNowWorkload(String key, String question) {
        this.key = key;
        this.question = question;
    }

    abstract void fire(Subject subject, int n, Runnable work) throws Exception;

    @Override
    public String question() {
        return question;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", isQuick ? 500_000 : 2_000_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 200_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        Meter.runs(n, values, work -> fire(subject, n, work));
    }

    @Override
    public String key() {
        return key;
    }
}
