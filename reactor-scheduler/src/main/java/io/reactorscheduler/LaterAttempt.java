package io.reactorscheduler;

import reactor.util.context.ContextView;

/**
 * What an attempt after the first of a claim knows: what its run knows, with a number and a cancellation of its own. So
 * what is left over of an attempt that timed out still sees that it was cancelled, while the next one goes on.
 */
final class LaterAttempt implements AttemptContext {

    private final Run run;
    private final int attempt;
    private final Cancellation cancellation = new Cancellation();

    LaterAttempt(Run run, int attempt) {
        this.run = run;
        this.attempt = attempt;
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    @Override
    public ContextView context() {
        return run.currentContext().put(RunContext.class, this);
    }

    @Override
    public Claim claim() {
        return run.claim();
    }

    @Override
    public Runner runner() {
        return run.runner();
    }

    @Override
    public RunReports.Of reports() {
        return run.reports();
    }
}
